import { toApiError } from '@/api/problem'
import { session } from '@/session/store'
import { renew } from '@/session/tokens'

type Upload = { path: string; file: File; overwrite: boolean; onProgress: (done: number) => void; signal?: AbortSignal }

/** A path as it stands in an address: every part on its own, so that a `#` or `?` in a name is part of the name. */
export function addressOf(path: string): string {
  return `/api/v1/files/content/${path.split('/').map(encodeURIComponent).join('/')}`
}

/** Send a file as it is. By XMLHttpRequest, since `fetch` does not tell how far an upload is. */
export async function upload(wanted: Upload): Promise<void> {
  const answer = await send(wanted)
  // A long way to a refusal, but the session was renewed for the second try.
  const last = answer.status === 401 && (await renew()) ? await send(wanted) : answer
  if (last.status >= 200 && last.status < 300) return
  throw toApiError(parsed(last.responseText), new Response(null, { status: last.status || 502 }))
}

function send({ path, file, overwrite, onProgress, signal }: Upload): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('PUT', `${addressOf(path)}?overwrite=${overwrite}`)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.setRequestHeader('Authorization', `Bearer ${session.getState().accessToken ?? ''}`)
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0)
    request.onload = () => resolve(request)
    request.onerror = () => reject(toApiError(null, undefined))
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    signal?.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
