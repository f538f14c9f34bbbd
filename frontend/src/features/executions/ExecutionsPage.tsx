import { Button, Card, Group, Select } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Activity, FilterX } from 'lucide-react'
import { Link, useNavigate } from 'react-router'
import type { ExecutionSummary } from '@/api/generated'
import { listExecutionsOptions, listPipelinesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { DurationChart } from '@/components/DurationChart'
import { EmptyState } from '@/components/EmptyState'
import { Page } from '@/components/Page'
import { PagedList } from '@/components/PagedList'
import { PageHeader } from '@/components/PageHeader'
import { useFilters } from '@/components/useFilters'
import { strings } from '@/strings'
import { ExecutionTable } from './components/ExecutionTable'

const text = strings.executions
const LIMIT = 25
const REFRESH = 5_000
const STATUSES = ['pending', 'running', 'success', 'failed', 'cancelled'] as const
const TRIGGERS = ['manual', 'scheduled', 'webhook', 'backfill'] as const

type Status = ExecutionSummary['status']
type Trigger = ExecutionSummary['trigger_type']

export function Component() {
  const filters = useFilters()
  const navigate = useNavigate()
  const [status, trigger, pipelineId] = [filters.get('status'), filters.get('trigger'), filters.get('pipeline')]
  const executions = useQuery({
    ...listExecutionsOptions({
      query: {
        limit: LIMIT,
        offset: filters.offset,
        ...(status && { status: [status as Status] }),
        ...(trigger && { trigger: trigger as Trigger }),
        ...(pipelineId && { pipeline_id: pipelineId }),
      },
    }),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH,
  })
  const pipelines = useQuery(listPipelinesOptions({ query: { limit: 100, sort: 'name' } }))
  const isFiltered = Boolean(status || trigger || pipelineId)
  return (
    <Page title={strings.pages.executions}>
      <PageHeader title={strings.pages.executions} description={text.description} />
      <Group mb="md" gap="sm">
        <Select
          aria-label={text.pipeline}
          placeholder={text.anyPipeline}
          data={(pipelines.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={pipelineId || null}
          onChange={value => filters.set('pipeline', value)}
          searchable
          clearable
          w={260}
        />
        <Select
          aria-label={text.status}
          placeholder={text.anyStatus}
          data={STATUSES.map(value => ({ value, label: text.statuses[value] ?? value }))}
          value={status || null}
          onChange={value => filters.set('status', value)}
          clearable
          w={160}
        />
        <Select
          aria-label={text.trigger}
          placeholder={text.anyTrigger}
          data={TRIGGERS.map(value => ({ value, label: text.triggers[value] ?? value }))}
          value={trigger || null}
          onChange={value => filters.set('trigger', value)}
          clearable
          w={170}
        />
        {isFiltered && (
          <Button variant="subtle" leftSection={<FilterX size={16} aria-hidden />} onClick={filters.clear}>
            {strings.list.clear}
          </Button>
        )}
      </Group>
      <PagedList query={executions} limit={LIMIT} isFiltered={isFiltered} empty={<Nothing />}>
        {items => (
          <>
            {pipelineId && items.length > 1 && (
              <Card withBorder mb="md">
                <DurationChart runs={items} onChoose={id => navigate(`/executions/${id}`)} />
              </Card>
            )}
            <ExecutionTable executions={items} />
          </>
        )}
      </PagedList>
    </Page>
  )
}

function Nothing() {
  return (
    <EmptyState
      icon={Activity}
      title={text.empty}
      action={
        <Button component={Link} to="/pipelines" mt="sm">
          {text.toPipelines}
        </Button>
      }
    >
      {text.emptyHint}
    </EmptyState>
  )
}
