import { Badge, Button, Card, Group, SimpleGrid, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Pause, Play } from 'lucide-react'
import type { PipelineOut } from '@/api/generated'
import {
  getScheduleOptions,
  getScheduleQueryKey,
  pauseScheduleMutation,
  resumeScheduleMutation,
} from '@/api/generated/@tanstack/react-query.gen'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/ListSkeleton'
import { PipelinePage } from '@/components/PipelinePage'
import { useRefused } from '@/session/useAccount'
import { strings } from '@/strings'
import { NextRuns } from './components/NextRuns'
import { ScheduleForm } from './components/ScheduleForm'

const text = strings.settings.schedule
const COLORS = { none: 'gray', off: 'gray', paused: 'orange', stopped: 'red', on: 'teal' } as const

export function Component() {
  return (
    <PipelinePage title={strings.settings.tabs.schedule} here="schedule">
      {pipeline => (
        <SimpleGrid cols={{ base: 1, md: 2 }} style={{ alignItems: 'start' }}>
          <ScheduleForm key={pipeline.revision} pipeline={pipeline} />
          <Now pipeline={pipeline} />
        </SimpleGrid>
      )}
    </PipelinePage>
  )
}

/** What the saved schedule does now. */
function Now({ pipeline }: { pipeline: PipelineOut }) {
  const path = { pipeline_id: pipeline.id }
  const queryClient = useQueryClient()
  const refused = useRefused()
  const schedule = useQuery(getScheduleOptions({ path }))
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: getScheduleQueryKey({ path }) })
  const pause = useMutation({ ...pauseScheduleMutation(), onSuccess })
  const resume = useMutation({ ...resumeScheduleMutation(), onSuccess })
  if (schedule.isPending) return <ListSkeleton />
  if (schedule.isError) return <ErrorState error={schedule.error} onRetry={() => void schedule.refetch()} />
  const { state, words, next_runs, timezone } = schedule.data
  return (
    <Card withBorder>
      <Group justify="space-between">
        <Badge color={COLORS[state]} variant="light" tt="none" size="lg">
          {text.states[state]}
        </Badge>
        {state === 'on' && (
          <Button
            variant="default"
            size="xs"
            leftSection={<Pause size={14} aria-hidden />}
            {...refused}
            loading={pause.isPending}
            onClick={() => pause.mutate({ path })}
          >
            {text.pause}
          </Button>
        )}
        {state === 'paused' && (
          <Button
            size="xs"
            leftSection={<Play size={14} aria-hidden />}
            {...refused}
            loading={resume.isPending}
            onClick={() => resume.mutate({ path })}
          >
            {text.resume}
          </Button>
        )}
      </Group>
      {words && (
        <Text fw={600} mt="sm">
          {words}
        </Text>
      )}
      <Title order={2} size="h6" mt="md">
        {text.next}
      </Title>
      <Text size="xs" c="dimmed" mb="xs">
        {state === 'paused' ? text.paused : text.nextHint}
      </Text>
      <NextRuns runs={next_runs} timezone={timezone} />
    </Card>
  )
}
