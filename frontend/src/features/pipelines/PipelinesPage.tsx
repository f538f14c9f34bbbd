import { Button, Group, Pill, Select } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Plus, Workflow } from 'lucide-react'
import { Link } from 'react-router'
import type { ListPipelinesData } from '@/api/generated'
import { listPipelinesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { EmptyState } from '@/components/EmptyState'
import { Page } from '@/components/Page'
import { PagedList } from '@/components/PagedList'
import { PageHeader } from '@/components/PageHeader'
import { SearchField } from '@/components/SearchField'
import { useFilters } from '@/components/useFilters'
import { useRefused } from '@/session/useAccount'
import { strings } from '@/strings'
import { Examples } from './components/Examples'
import { ImportButton } from './components/ImportButton'
import { PipelineTable } from './components/PipelineTable'

const text = strings.pipelines
const LIMIT = 25
/** How many last runs the strip of each shows. */
const RUNS = 10
const REFRESH = 10_000
/** With so few pipelines a person is new here, and is offered examples. */
const FEW = 4

type Query = NonNullable<ListPipelinesData['query']>

export function Component() {
  const filters = useFilters()
  const [search, tag, status] = [filters.get('search'), filters.get('tag'), filters.get('status')]
  const sort = filters.get('sort') || '-updated_at'
  const pipelines = useQuery({
    ...listPipelinesOptions({
      query: {
        limit: LIMIT,
        runs: RUNS,
        offset: filters.offset,
        sort: sort as NonNullable<Query['sort']>,
        ...(search && { search }),
        ...(tag && { tag }),
        ...(status && { status: status as NonNullable<Query['status']> }),
      },
    }),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH,
  })
  const isFiltered = Boolean(search || tag || status)
  const refused = useRefused()
  const plus = <Plus size={16} aria-hidden />
  const create = refused.disabled ? (
    <Button {...refused} leftSection={plus}>
      {text.new}
    </Button>
  ) : (
    <Button component={Link} to="/pipelines/new" leftSection={plus}>
      {text.new}
    </Button>
  )
  return (
    <Page title={strings.pages.pipelines}>
      <PageHeader title={strings.pages.pipelines} description={text.description}>
        <ImportButton />
        {create}
      </PageHeader>
      <Group mb="md" gap="sm">
        <SearchField value={search} label={text.search} onSearch={value => filters.set('search', value)} />
        <Select
          aria-label={text.status}
          placeholder={text.anyStatus}
          data={Object.entries(text.statuses).map(([value, label]) => ({ value, label }))}
          value={status || null}
          onChange={value => filters.set('status', value)}
          clearable
          w={150}
        />
        <Select
          aria-label={text.sort}
          data={Object.entries(text.sorts).map(([value, label]) => ({ value, label }))}
          value={sort}
          onChange={value => filters.set('sort', value)}
          allowDeselect={false}
          w={160}
        />
        {tag && (
          <Pill withRemoveButton onRemove={() => filters.set('tag', null)} size="md">
            {tag}
          </Pill>
        )}
      </Group>
      <PagedList
        query={pipelines}
        limit={LIMIT}
        isFiltered={isFiltered}
        rowHeight={56}
        empty={
          <EmptyState icon={Workflow} title={text.empty} action={create}>
            {refused.title ?? text.emptyHint}
          </EmptyState>
        }
      >
        {items => <PipelineTable pipelines={items} onTag={value => filters.set('tag', value)} />}
      </PagedList>
      {pipelines.data && !isFiltered && pipelines.data.total < FEW && <Examples />}
    </Page>
  )
}
