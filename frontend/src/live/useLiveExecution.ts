import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { ExecutionOut, LogLineOut, StreamMessage } from '@/api/generated'
import { getExecutionLogsOptions, getExecutionOptions } from '@/api/generated/@tanstack/react-query.gen'
import { expired, session, untilSignedIn } from '@/session/store'
import { renew } from '@/session/tokens'
import { type Connection, ExecutionStream } from './ExecutionStream'
import { hear, isOver, NOTHING_TOLD, type Told, upToDate } from './state'

/** How often a run is asked for while its stream is away. */
const POLL = 3_000

export type LiveExecution = {
  /** The run and its nodes as of now; undefined until it is loaded. */
  execution: ExecutionOut | undefined
  lines: LogLineOut[]
  /** Lines at the beginning that are no longer held. */
  dropped: number
  /** How far a node is, from 0 to 1. */
  progress: Record<string, number>
  connection: Connection
  isLoading: boolean
  error: unknown
  refetch: () => void
}

type Followed = { executionId: string | null; told: Told; connection: Connection; endedAt: number }

/** Follow an execution from its beginning, whenever the page was opened; asks every few seconds while the stream is away. */
export function useLiveExecution(executionId: string | null): LiveExecution {
  const [followed, setFollowed] = useState<Followed>(() => fresh(executionId))
  const [round, setRound] = useState(0)
  const current = followed.executionId === executionId ? followed : fresh(executionId)
  const { told, connection } = current
  const query = useQuery({
    ...getExecutionOptions({ path: { execution_id: executionId ?? '' } }),
    enabled: executionId !== null,
    refetchInterval: ({ state }) =>
      connection !== 'live' && connection !== 'ended' && state.data?.completed_at === null ? POLL : false,
  })
  const { refetch } = query
  const isAway = connection === 'broken' || connection === 'refused'
  const tail = useQuery({
    ...getExecutionLogsOptions({ path: { execution_id: executionId ?? '' }, query: { tail: true, limit: 1000 } }),
    enabled: executionId !== null && isAway && told.lines.length === 0,
    refetchInterval: POLL,
  })
  const isMissing = query.isError && query.data === undefined

  // biome-ignore lint/correctness/useExhaustiveDependencies: another round follows the same execution anew
  useEffect(() => {
    if (executionId === null || isMissing) return
    setFollowed(fresh(executionId))
    const stream = new ExecutionStream({
      executionId,
      token: () => session.getState().accessToken,
      renew: newToken,
      onMessages: messages => setFollowed(before => heard(before, messages)),
      onConnection: state =>
        setFollowed(before => (before.connection === state ? before : { ...before, connection: state })),
    })
    const stop = session.subscribe(({ accessToken }) => accessToken && stream.sendToken(accessToken))
    return () => {
      stop()
      stream.close()
    }
  }, [executionId, isMissing, round])

  // An execution that ended and goes on was retried, here or by somebody else.
  const goesOn = told.hasEnded && query.data && !isOver(query.data.status) && query.dataUpdatedAt > current.endedAt
  useEffect(() => {
    if (goesOn) setRound(before => before + 1)
  }, [goesOn])

  // What only the resource has (columns, counts by rule, the trace) comes with the end of each node.
  const finished = Object.values(told.nodes).filter(node => node.completed_at).length
  useEffect(() => {
    if (executionId !== null && (finished > 0 || told.hasEnded)) void refetch()
  }, [executionId, finished, told.hasEnded, refetch])

  return {
    execution: query.data && upToDate(query.data, told),
    lines: told.lines.length === 0 && isAway ? (tail.data?.items ?? []) : told.lines,
    dropped: told.dropped,
    progress: told.progress,
    connection,
    isLoading: query.isLoading,
    error: query.error,
    refetch: () => void refetch(),
  }
}

function fresh(executionId: string | null): Followed {
  return { executionId, told: NOTHING_TOLD, connection: 'connecting', endedAt: Number.POSITIVE_INFINITY }
}

function heard(before: Followed, messages: StreamMessage[]): Followed {
  const told = hear(before.told, messages)
  return { ...before, told, endedAt: told.hasEnded && !before.told.hasEnded ? Date.now() : before.endedAt }
}

/** A newer token, from the cookie or from a new sign-in; while the server is away the old one is tried again. */
async function newToken(): Promise<boolean> {
  try {
    if (await renew()) return true
  } catch {
    return true
  }
  const signedIn = untilSignedIn()
  expired()
  return signedIn.then(
    () => true,
    () => false,
  )
}
