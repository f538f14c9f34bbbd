import { Button, Group, Select } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Database, Plus } from 'lucide-react'
import { useState } from 'react'
import type { ConnectionOut } from '@/api/generated'
import { listConnectionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { EmptyState } from '@/components/EmptyState'
import { Page } from '@/components/Page'
import { PagedList } from '@/components/PagedList'
import { PageHeader } from '@/components/PageHeader'
import { SearchField } from '@/components/SearchField'
import { useFilters } from '@/components/useFilters'
import { useAdminRefused } from '@/session/useAccount'
import { strings } from '@/strings'
import { useConnectionTypes } from './api/useConnectionTypes'
import { ConnectionForm } from './components/ConnectionForm'
import { ConnectionTable } from './components/ConnectionTable'
import { DeleteConnection } from './components/DeleteConnection'

const text = strings.connections
const LIMIT = 25

export function Component() {
  const filters = useFilters()
  const [search, type] = [filters.get('search'), filters.get('type')]
  const refused = useAdminRefused()
  const types = useConnectionTypes()
  const [edited, setEdited] = useState<ConnectionOut | 'new' | null>(null)
  const [deleted, setDeleted] = useState<ConnectionOut | null>(null)
  const connections = useQuery({
    ...listConnectionsOptions({
      query: { limit: LIMIT, offset: filters.offset, ...(search && { search }), ...(type && { type }) },
    }),
    placeholderData: keepPreviousData,
  })
  const create = (
    <Button {...refused} leftSection={<Plus size={16} aria-hidden />} onClick={() => setEdited('new')}>
      {text.new}
    </Button>
  )
  return (
    <Page title={strings.pages.connections}>
      <PageHeader title={strings.pages.connections} description={text.description}>
        {create}
      </PageHeader>
      <Group mb="md" gap="sm">
        <SearchField value={search} label={text.search} onSearch={value => filters.set('search', value)} />
        <Select
          aria-label={text.type}
          placeholder={text.anyType}
          data={[...types.values()].map(({ name, title }) => ({ value: name, label: title }))}
          value={type || null}
          onChange={value => filters.set('type', value)}
          clearable
          w={220}
        />
      </Group>
      <PagedList
        query={connections}
        limit={LIMIT}
        isFiltered={Boolean(search || type)}
        rowHeight={56}
        empty={
          <EmptyState icon={Database} title={text.empty} action={create}>
            {refused.disabled ? text.emptyViewer : text.emptyHint}
          </EmptyState>
        }
      >
        {items => <ConnectionTable connections={items} types={types} onEdit={setEdited} onDelete={setDeleted} />}
      </PagedList>
      {edited && (
        <ConnectionForm connection={edited === 'new' ? null : edited} types={types} onClose={() => setEdited(null)} />
      )}
      {deleted && <DeleteConnection connection={deleted} onClose={() => setDeleted(null)} />}
    </Page>
  )
}
