import { Anchor, Card, Table, Text } from '@mantine/core'
import { Link } from 'react-router'
import type { ExecutionSummary } from '@/api/generated'
import { duration } from '@/components/format'
import { Moment } from '@/components/Moment'
import { RunStatus } from '@/components/RunStatus'
import { strings } from '@/strings'

const text = strings.executions

/** Runs, one a line; a failed one says why. */
export function ExecutionTable({ executions }: { executions: ExecutionSummary[] }) {
  return (
    <Card withBorder p={0}>
      <Table.ScrollContainer minWidth={720}>
        <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={140}>{text.status}</Table.Th>
              <Table.Th>{text.pipeline}</Table.Th>
              <Table.Th w={130}>{text.trigger}</Table.Th>
              <Table.Th w={140}>{text.created}</Table.Th>
              <Table.Th w={110} ta="right">
                {text.duration}
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
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
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  )
}
