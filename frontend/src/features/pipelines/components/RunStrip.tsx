import { Tooltip } from '@mantine/core'
import type { KeyboardEvent } from 'react'
import { Link } from 'react-router'
import type { ListedPipeline } from '@/api/generated'
import { duration, moment } from '@/components/format'
import { strings } from '@/strings'
import classes from './RunStrip.module.css'

const LEAST = 2

type Props = { name: string; runs: ListedPipeline['recent_runs'] }

/**
 * How the last runs went, the newest at the right, told by height and colour; each leads to its run.
 * With the keyboard it is one stop, and the arrow keys go through it: a list has many strips.
 */
export function RunStrip({ name, runs }: Props) {
  if (runs.length < LEAST) return null
  const newestLast = runs.toReversed()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields, and these are links
    <div role="group" className={classes.strip} aria-label={strings.pipelines.lastRunsOf(name)} onKeyDown={step}>
      {newestLast.map(({ id, status, created_at, duration_seconds }, position) => {
        const about = [strings.executions.statuses[status], moment(created_at), duration(duration_seconds)].join(' · ')
        return (
          <Tooltip key={id} label={about} openDelay={0}>
            <Link
              to={`/executions/${id}`}
              className={classes.run}
              data-state={status}
              aria-label={about}
              tabIndex={position === newestLast.length - 1 ? 0 : -1}
            >
              <span />
            </Link>
          </Tooltip>
        )
      })}
    </div>
  )
}

function step(event: KeyboardEvent<HTMLElement>) {
  const to = { ArrowLeft: 'previousElementSibling', ArrowRight: 'nextElementSibling' } as const
  const next = event.key in to && document.activeElement?.[to[event.key as keyof typeof to]]
  if (!(next instanceof HTMLElement)) return
  event.preventDefault()
  next.focus()
}
