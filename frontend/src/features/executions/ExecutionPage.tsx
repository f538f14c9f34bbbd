import { Anchor, Badge, Group, SimpleGrid, Skeleton, Stack } from '@mantine/core'
import { useState } from 'react'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { ErrorState } from '@/components/ErrorState'
import { Page } from '@/components/Page'
import { PageHeader } from '@/components/PageHeader'
import { RunStatus } from '@/components/RunStatus'
import { ExecutionActions } from '@/live/ExecutionActions'
import { LogPanel } from '@/live/LogPanel'
import { RunError } from '@/live/RunError'
import { type LiveExecution, useLiveExecution } from '@/live/useLiveExecution'
import { strings } from '@/strings'
import { ExecutionFacts } from './components/ExecutionFacts'
import { NodeTable } from './components/NodeTable'

const text = strings.executions

/** One run, while it happens and afterwards. */
export function Component() {
  const { executionId = '' } = useParams()
  const live = useLiveExecution(executionId)
  const navigate = useNavigate()
  const node = useSearchParams()[0].get('node')
  const [nodeId, setNodeId] = useState(node)
  const { execution } = live
  if (!execution) {
    return (
      <Page title={strings.pages.executions}>
        {live.error ? <ErrorState error={live.error} onRetry={live.refetch} /> : <Loading />}
      </Page>
    )
  }
  const name = (
    <Anchor component={Link} to={`/pipelines/${execution.pipeline_id}`} inherit c="inherit">
      {execution.pipeline_name}
    </Anchor>
  )
  return (
    <Page title={text.one(execution.pipeline_name)}>
      <PageHeader
        title={execution.pipeline_name}
        description={
          <Group gap="xs">
            <RunStatus status={execution.status} size="lg" />
            <Line connection={live.connection} />
            {name}
            {execution.pipeline_version !== null && text.versionOf(execution.pipeline_version)}
          </Group>
        }
      >
        <ExecutionActions
          execution={execution}
          onChanged={live.refetch}
          onStarted={id => navigate(`/executions/${id}`)}
        />
      </PageHeader>
      <Stack gap="lg">
        {execution.error_message && <RunError execution={execution} onNode={setNodeId} />}
        <ExecutionFacts execution={execution} />
        <NodeTable nodes={execution.nodes} progress={live.progress} chosen={nodeId} onChoose={setNodeId} />
        <LogPanel
          executionId={execution.id}
          lines={live.lines}
          dropped={live.dropped}
          nodes={execution.nodes}
          nodeId={nodeId}
          onNode={setNodeId}
          height={420}
        />
      </Stack>
    </Page>
  )
}

const COLORS = { connecting: 'gray', live: 'teal', broken: 'orange', ended: 'gray', refused: 'gray' } as const

function Line({ connection }: { connection: LiveExecution['connection'] }) {
  return (
    <Badge variant="dot" color={COLORS[connection]} tt="none" role="status">
      {text.connection[connection]}
    </Badge>
  )
}

function Loading() {
  return (
    <Stack aria-hidden>
      <Skeleton h={36} w={320} />
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        <Skeleton h={76} radius="lg" />
        <Skeleton h={76} radius="lg" />
        <Skeleton h={76} radius="lg" />
        <Skeleton h={76} radius="lg" />
      </SimpleGrid>
      <Skeleton h={240} radius="lg" />
    </Stack>
  )
}
