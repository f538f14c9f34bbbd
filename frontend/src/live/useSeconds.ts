import { useEffect, useState } from 'react'
import { isOver } from './state'

const TICK = 500

type Timed = { status: string; started_at: string | null; duration_seconds: number | null }

/** The seconds of a run or a node; while it runs they go on by this browser's clock. */
export function useSeconds({ status, started_at, duration_seconds }: Timed): number | null {
  const [now, setNow] = useState(Date.now)
  const ticks = started_at !== null && duration_seconds === null && !isOver(status)
  useEffect(() => {
    if (!ticks) return
    const timer = setInterval(() => setNow(Date.now()), TICK)
    return () => clearInterval(timer)
  }, [ticks])
  if (!ticks) return duration_seconds
  return Math.max(0, (now - Date.parse(started_at)) / 1000)
}
