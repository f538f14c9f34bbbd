import { Group, Skeleton, Stack, Switch, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ListedPipeline } from '@/api/generated'
import {
  getScheduleOptions,
  getScheduleQueryKey,
  pauseScheduleMutation,
  resumeScheduleMutation,
} from '@/api/generated/@tanstack/react-query.gen'
import { fromNow } from '@/components/format'
import { useRefused } from '@/session/useAccount'
import { strings } from '@/strings'

const text = strings.pipelines

/** When a pipeline runs by itself, in words, and a switch to pause that. */
export function ScheduleCell({ pipeline }: { pipeline: ListedPipeline }) {
  const path = { pipeline_id: pipeline.id }
  const queryClient = useQueryClient()
  const schedule = useQuery({ ...getScheduleOptions({ path }), enabled: Boolean(pipeline.schedule) })
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: getScheduleQueryKey({ path }) })
  const pause = useMutation({ ...pauseScheduleMutation(), onSuccess })
  const resume = useMutation({ ...resumeScheduleMutation(), onSuccess })
  const refused = useRefused()
  if (!pipeline.schedule)
    return (
      <Text size="sm" c="dimmed">
        {text.noSchedule}
      </Text>
    )
  if (schedule.isPending) return <Skeleton h={28} w={160} />
  if (!schedule.data) return <Text size="sm">{pipeline.schedule}</Text>
  const { state, words, next_runs } = schedule.data
  const isOn = state === 'on'
  return (
    <Group gap="xs" wrap="nowrap">
      {(isOn || state === 'paused') && (
        <Switch
          size="sm"
          checked={isOn}
          disabled={pause.isPending || resume.isPending || refused.disabled}
          title={refused.title}
          aria-label={isOn ? text.pause(pipeline.name) : text.resume(pipeline.name)}
          onChange={() => (isOn ? pause : resume).mutate({ path })}
        />
      )}
      <Stack gap={0}>
        <Text
          size="sm"
          c={isOn ? undefined : 'dimmed'}
          lineClamp={1}
          title={`${pipeline.schedule} ${pipeline.timezone}`}
        >
          {words || pipeline.schedule}
        </Text>
        <Text size="xs" c="dimmed">
          {state === 'off' && text.off}
          {state === 'stopped' && text.stopped}
          {isOn && next_runs[0] && text.next(fromNow(next_runs[0]))}
        </Text>
      </Stack>
    </Group>
  )
}
