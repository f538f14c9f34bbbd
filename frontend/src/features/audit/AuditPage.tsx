import { Anchor, Code, Group, Pill, Select, Table, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ScrollText } from 'lucide-react'
import type { AuditEventOut } from '@/api/generated'
import { listAuditEventsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { EmptyState } from '@/components/EmptyState'
import { ListTable } from '@/components/ListTable'
import { Moment } from '@/components/Moment'
import { Page } from '@/components/Page'
import { PagedList } from '@/components/PagedList'
import { PageHeader } from '@/components/PageHeader'
import { useFilters } from '@/components/useFilters'
import { strings } from '@/strings'

const text = strings.people.audit
const LIMIT = 50

export function Component() {
  const filters = useFilters()
  const [kind, account] = [filters.get('kind'), filters.get('account')]
  const events = useQuery({
    ...listAuditEventsOptions({
      query: {
        limit: LIMIT,
        offset: filters.offset,
        ...(kind && { subject_type: kind }),
        ...(account && { account_id: account }),
      },
    }),
    placeholderData: keepPreviousData,
  })
  const items = events.data?.items ?? []
  return (
    <Page title={strings.pages.audit}>
      <PageHeader title={strings.pages.audit} description={text.description} />
      <Group mb="md" gap="sm">
        <Select
          aria-label={text.subject}
          placeholder={text.anything}
          data={Object.entries(text.kinds).map(([value, label]) => ({ value, label }))}
          value={kind || null}
          onChange={value => filters.set('kind', value)}
          clearable
          w={170}
        />
        {account && (
          <Pill withRemoveButton onRemove={() => filters.set('account', null)} size="md">
            {text.by(items.find(({ account_id }) => account_id === account)?.account_name ?? text.onePerson)}
          </Pill>
        )}
      </Group>
      <PagedList
        query={events}
        limit={LIMIT}
        isFiltered={Boolean(kind || account)}
        empty={
          <EmptyState icon={ScrollText} title={text.empty} color="gray">
            {text.emptyHint}
          </EmptyState>
        }
      >
        {items => <Events events={items} onAccount={id => filters.set('account', id)} />}
      </PagedList>
    </Page>
  )
}

function Events({ events, onAccount }: { events: AuditEventOut[]; onAccount: (id: string) => void }) {
  return (
    <ListTable
      minWidth={820}
      spacing="xs"
      columns={[
        { title: text.at, w: 130 },
        { title: text.who, w: 190 },
        { title: text.action, w: 180 },
        { title: text.subject },
        { title: text.details },
        { title: text.address, w: 120 },
      ]}
    >
      {events.map(event => (
        <Table.Tr key={event.id}>
          <Table.Td>
            <Moment at={event.at} />
          </Table.Td>
          <Table.Td>
            <Who event={event} onAccount={onAccount} />
          </Table.Td>
          <Table.Td>
            <Code>{event.action}</Code>
          </Table.Td>
          <Table.Td style={{ overflowWrap: 'anywhere' }}>{event.subject_name ?? event.subject_id}</Table.Td>
          <Table.Td>
            <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {detailsOf(event)}
            </Text>
          </Table.Td>
          <Table.Td>
            <Text size="xs" ff="monospace">
              {event.address}
            </Text>
          </Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  )
}

function Who({ event, onAccount }: { event: AuditEventOut; onAccount: (id: string) => void }) {
  const { account_id, account_name } = event
  if (!account_id) return <Text size="sm">{account_name}</Text>
  return (
    <Anchor
      component="button"
      type="button"
      size="sm"
      ta="start"
      title={text.onlyBy(account_name)}
      onClick={() => onAccount(account_id)}
    >
      {account_name}
    </Anchor>
  )
}

function detailsOf({ details }: AuditEventOut): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
}
