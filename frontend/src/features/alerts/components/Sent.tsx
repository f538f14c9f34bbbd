import { Anchor, Card, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { listAlertsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/ListSkeleton'
import { Moment } from '@/components/Moment'
import { strings } from '@/strings'

const text = strings.alerts

/** What was told of the pipeline's runs. */
export function Sent({ pipelineId }: { pipelineId: string }) {
  const alerts = useQuery(listAlertsOptions({ path: { pipeline_id: pipelineId } }))
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">
        {text.sent}
      </Title>
      {alerts.isPending && <ListSkeleton />}
      {alerts.isError && <ErrorState error={alerts.error} onRetry={() => void alerts.refetch()} />}
      {alerts.data?.items.length === 0 && <Text c="dimmed">{text.none}</Text>}
      {alerts.data && alerts.data.items.length > 0 && (
        <Table.ScrollContainer minWidth={420}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                {Object.values(text.columns).map(label => (
                  <Table.Th key={label}>{label}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {alerts.data.items.map(alert => (
                <Table.Tr key={alert.id}>
                  <Table.Td>
                    <Anchor component={Link} to={`/executions/${alert.execution_id}`} inherit>
                      {text.events[alert.event]}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>{alert.receivers.map(({ type }) => text.types[type]).join(', ')}</Table.Td>
                  <Table.Td>{text.sources[alert.source]}</Table.Td>
                  <Table.Td>{alert.sent_at ? <Moment at={alert.sent_at} /> : text.waiting}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  )
}
