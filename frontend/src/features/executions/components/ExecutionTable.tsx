import { Anchor, Table, Text } from '@mantine/core'
import { Link } from 'react-router'
import type { ExecutionSummary } from '@/api/generated'
import { duration } from '@/components/format'
import { ListTable } from '@/components/ListTable'
import { Moment } from '@/components/Moment'
import { RunStatus } from '@/components/RunStatus'
import { strings } from '@/strings'

const text = strings.executions

/** Runs, one a line; a failed one says why. */
export function ExecutionTable({ executions }: { executions: ExecutionSummary[] }) {
  return (
    <ListTable
      minWidth={720}
      columns={[
        { title: text.status, w: 140 },
        { title: text.pipeline },
        { title: text.trigger, w: 130 },
        { title: text.created, w: 140 },
        { title: text.duration, w: 110, ta: 'right' },
      ]}
    >
      {executions.map(execution => (
        <Table.Tr key={execution.id}>
          <Table.Td>
            <RunStatus status={execution.status} />
          </Table.Td>
          <Table.Td>
            <Anchor component={Link} to={`/executions/${execution.id}`} fw={600} size="sm">
              {execution.pipeline_name}
            </Anchor>
            {execution.pipeline_version !== null && (
              <Text span size="xs" c="dimmed" ml={8}>
                {text.versionOf(execution.pipeline_version)}
              </Text>
            )}
            {execution.error_message && (
              <Text size="xs" c="red" lineClamp={1} title={execution.error_message}>
                {execution.error_message}
              </Text>
            )}
          </Table.Td>
          <Table.Td>
            <Text size="sm">{text.triggers[execution.trigger_type]}</Text>
            {execution.triggered_by_name && (
              <Text size="xs" c="dimmed">
                {execution.triggered_by_name}
              </Text>
            )}
          </Table.Td>
          <Table.Td>
            <Moment at={execution.created_at} />
          </Table.Td>
          <Table.Td ta="right">
            <Text size="sm" ff="monospace">
              {duration(execution.duration_seconds)}
            </Text>
          </Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  )
}
