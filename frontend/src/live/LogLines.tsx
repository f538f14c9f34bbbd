import { Button, Text } from '@mantine/core'
import { useLayoutEffect, useRef, useState } from 'react'
import type { LogLineOut } from '@/api/generated'
import { count } from '@/components/format'
import { strings } from '@/strings'
import classes from './LogLines.module.css'

const STEP = 1_000
const NEAR = 24
const FILLING = { flex: 1, minHeight: 0 }

type Props = {
  lines: readonly LogLineOut[]
  labels: ReadonlyMap<string, string>
  isFollowed: boolean
  onFollowed: (isFollowed: boolean) => void
  height?: number | undefined
  nothing: string
}

/** The newest lines, and the ones before on demand; scrolling up stops following, scrolling to the end begins it again. */
export function LogLines({ lines, labels, isFollowed, onFollowed, height, nothing }: Props) {
  const [room, setRoom] = useState(STEP)
  const box = useRef<HTMLDivElement>(null)
  const size = height ? { height } : FILLING
  const first = Math.max(0, lines.length - room)

  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are what moves the end
  useLayoutEffect(() => {
    if (isFollowed && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [lines, isFollowed])

  function scrolled() {
    if (!box.current) return
    const { scrollTop, scrollHeight, clientHeight } = box.current
    const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR
    if (isAtEnd !== isFollowed) onFollowed(isAtEnd)
  }

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div ref={box} className={classes.box} style={size} onScroll={scrolled} role="log" tabIndex={0}>
      {first > 0 && (
        <Button size="compact-xs" variant="subtle" onClick={() => setRoom(room + STEP)}>
          {strings.executions.log.earlier(count(Math.min(STEP, first)))}
        </Button>
      )}
      {lines.length === 0 && <Text className={classes.nothing}>{nothing}</Text>}
      {lines.slice(first).map((line, position) => (
        <Line
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end
          key={first + position}
          line={line}
          label={labels.get(line.node_id) ?? line.node_id}
        />
      ))}
    </div>
  )
}

function Line({ line, label }: { line: LogLineOut; label: string }) {
  return (
    <div className={classes.line} data-level={line.level}>
      <span className={classes.time}>{line.timestamp ? clock(line.timestamp) : ''}</span>
      <span className={classes.level}>{line.level}</span>
      <span className={classes.node} title={label}>
        {label}
      </span>
      <span className={classes.message}>{line.message}</span>
    </div>
  )
}

function clock(timestamp: string): string {
  const at = new Date(timestamp)
  return `${at.toLocaleTimeString('en-GB')}.${String(at.getMilliseconds()).padStart(3, '0')}`
}
