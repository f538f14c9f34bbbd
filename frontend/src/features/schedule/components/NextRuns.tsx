import { List, Text } from '@mantine/core'
import { fromNow, momentIn } from '@/components/format'
import { strings } from '@/strings'

/** When it runs, on the clock of the schedule's zone. */
export function NextRuns({ runs, timezone }: { runs: string[]; timezone: string }) {
  if (runs.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {strings.settings.schedule.none}
      </Text>
    )
  return (
    <List size="sm" spacing={4} type="ordered">
      {runs.map(run => (
        <List.Item key={run}>
          {momentIn(run, timezone)}{' '}
          <Text span size="xs" c="dimmed">
            {fromNow(run)}
          </Text>
        </List.Item>
      ))}
    </List>
  )
}
