import { Tooltip, UnstyledButton } from '@mantine/core'
import type { ExecutionSummary } from '@/api/generated'
import { strings } from '@/strings'
import classes from './DurationChart.module.css'
import { duration, moment } from './format'

type Run = Pick<ExecutionSummary, 'id' | 'status' | 'created_at' | 'duration_seconds'>
type Props = {
  runs: readonly Run[]
  chosen?: string | null | undefined
  onChoose: (executionId: string) => void
  height?: number
}

const LEAST = 3

/** How long runs took, the newest at the right; a bar leads to its run. */
export function DurationChart({ runs, chosen, onChoose, height = 96 }: Props) {
  const longest = Math.max(...runs.map(run => run.duration_seconds ?? 0), 0.001)
  return (
    <figure className={classes.chart} style={{ height }} aria-label={strings.executions.chart}>
      <figcaption className={classes.scale}>{duration(longest)}</figcaption>
      <div className={classes.bars}>
        {[...runs].reverse().map(run => {
          const { id, status, created_at, duration_seconds } = run
          const about = `${moment(created_at)} · ${strings.executions.statuses[status]} · ${duration(duration_seconds)}`
          return (
            <Tooltip key={id} label={about} openDelay={0}>
              <UnstyledButton
                className={classes.bar}
                data-state={status}
                data-chosen={id === chosen || undefined}
                aria-label={about}
                onClick={() => onChoose(id)}
              >
                <span style={{ height: `max(${LEAST}px, ${((duration_seconds ?? 0) / longest) * 100}%)` }} />
              </UnstyledButton>
            </Tooltip>
          )
        })}
      </div>
    </figure>
  )
}
