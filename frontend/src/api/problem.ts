import { strings } from '@/strings'
import type { FieldError, ProblemOut } from './generated'

/** An answer that was not a success, or no answer at all (`status` 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    message: string,
    readonly details: ProblemDetails = {},
  ) {
    super(message)
  }
}

/** What a problem document may carry beside its own fields. */
export type ProblemDetails = {
  request_id?: string | null
  errors?: FieldError[] | null
  problems?: ProblemOut[] | null
  revision?: number | null
}

/** The error that a client call ends with, made of whatever the request ended with. */
export function toApiError(error: unknown, response: Response | undefined): unknown {
  if (error instanceof ApiError || isAbort(error)) return error
  if (response === undefined)
    return new ApiError(0, 'unreachable', strings.errors.unreachableTitle, strings.errors.unreachable)
  const body = isRecord(error) ? error : {}
  const title = typeof body.title === 'string' ? body.title : strings.errors.unexpectedTitle
  const detail = typeof body.detail === 'string' ? body.detail : strings.errors.status(response.status)
  const code = typeof body.code === 'string' ? body.code : 'unexpected'
  return new ApiError(response.status, code, title, detail, body as ProblemDetails)
}

/** A sentence for a person. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : strings.errors.unexpectedTitle
}

/** Whether the same request may succeed a little later. */
export function isPassing(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500)
}

export function hasStatus(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
