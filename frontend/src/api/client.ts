import { authorizedFetch } from '@/session/authorizedFetch'
import { client } from './generated/client.gen'
import { toApiError } from './problem'

/** Give the generated client its way to sign in and its errors; once, before the first request. */
export function configureClient(): void {
  client.setConfig({ baseUrl: '', fetch: authorizedFetch, throwOnError: true })
  client.interceptors.error.use((error, response) => toApiError(error, response))
}
