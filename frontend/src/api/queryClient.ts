import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { toast } from '@/components/toast'
import { isPassing, messageOf } from './problem'

declare module '@tanstack/react-query' {
  interface Register {
    mutationMeta: {
      /** The caller shows the error itself. */
      quiet?: boolean
    }
  }
}

const TRIES = 3

/** One cache for the application: passing failures are retried with back-off, what stays wrong is said once. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < TRIES && isPassing(error),
        retryDelay: attempt => Math.min(1000 * 2 ** attempt, 15_000),
      },
      mutations: { retry: false },
    },
    queryCache: new QueryCache({
      // A page without data shows the error in its place; one that has data keeps it and says so.
      onError: (error, query) => {
        if (query.state.data !== undefined) toast.error(messageOf(error), { id: query.queryHash })
      },
    }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, mutation) => {
        if (!mutation.meta?.quiet) toast.error(messageOf(error))
      },
    }),
  })
}
