import { Ban, Check, CircleX, RotateCw, SkipForward } from 'lucide-react'
import { count, duration } from '@/components/format'
import { useSeconds } from '@/live/useSeconds'
import { strings } from '@/strings'
import classes from './NodeRun.module.css'
import { useRunViews } from './useRunViews'
import type { NodeView } from './views'

const ICONS = {
  success: Check,
  failed: CircleX,
  up_for_retry: RotateCw,
  upstream_failed: Ban,
  cancelled: Ban,
  skipped: SkipForward,
} as const

/** How the shown run goes for a node: state, rows, seconds, and how far it is. */
export function NodeRun({ nodeId }: { nodeId: string }) {
  const view = useRunViews(state => state.views[nodeId])
  return view ? <Strip view={view} /> : null
}

function Strip({ view }: { view: NodeView }) {
  const seconds = useSeconds(view)
  const { status, rows, progress, message } = view
  const Icon = ICONS[status as keyof typeof ICONS]
  const word = strings.executions.statuses[status] ?? status.replaceAll('_', ' ')
  return (
    <span className={classes.strip} data-state={status} title={message ?? word}>
      {Icon ? <Icon size={12} aria-hidden /> : <span className={classes.dot} aria-hidden />}
      <span className={classes.word}>{status === 'failed' && message ? message : word}</span>
      <span className={classes.figures}>
        {rows !== null && strings.editor.run.rows(count(rows))}
        {seconds !== null && ` ${duration(seconds)}`}
      </span>
      {progress !== null && (
        <span className={classes.bar} style={{ width: `${Math.round(progress * 100)}%` }} aria-hidden />
      )}
    </span>
  )
}
