import type { LogLineOut } from '@/api/generated'

export type Level = LogLineOut['level']

const LEVELS: readonly Level[] = ['debug', 'info', 'warning', 'error', 'critical']

export type LogFilter = { nodeId: string | null; level: Level; search: string }

/** The lines of a node (or of all), of a level and above, that contain the text. */
export function matching(lines: readonly LogLineOut[], { nodeId, level, search }: LogFilter): readonly LogLineOut[] {
  const least = LEVELS.indexOf(level)
  const text = search.trim().toLowerCase()
  if (nodeId === null && least === 0 && text === '') return lines
  return lines.filter(
    line =>
      (nodeId === null || line.node_id === nodeId) &&
      LEVELS.indexOf(line.level) >= least &&
      (text === '' || line.message.toLowerCase().includes(text)),
  )
}
