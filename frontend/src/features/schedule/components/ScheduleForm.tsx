import { Button, Card, Chip, Group, Select, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type PipelineOut, previewSchedule } from '@/api/generated'
import { updatePipelineMutation } from '@/api/generated/@tanstack/react-query.gen'
import { portable } from '@/api/portable'
import { toast } from '@/components/toast'
import { useRefused } from '@/session/useAccount'
import { strings } from '@/strings'
import { NextRuns } from './NextRuns'

const text = strings.settings.schedule
const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter(zone => zone !== 'UTC')]

/** A schedule as one types it: in words, with the runs that it would bring, before it is saved. */
export function ScheduleForm({ pipeline }: { pipeline: PipelineOut }) {
  const queryClient = useQueryClient()
  const refused = useRefused()
  const saved = { schedule: pipeline.schedule ?? '', timezone: pipeline.timezone, isUsed: pipeline.is_scheduled }
  const [draft, setDraft] = useState(saved)
  const schedule = draft.schedule.trim()
  const [asked] = useDebouncedValue({ schedule, timezone: draft.timezone }, 300)
  const preview = useQuery({
    queryKey: ['schedule-preview', asked],
    queryFn: async ({ signal }) => (await previewSchedule({ body: asked, signal })).data,
    enabled: asked.schedule !== '',
    placeholderData: keepPreviousData,
  })
  const save = useMutation({
    ...updatePipelineMutation(),
    onSuccess: () => {
      toast.success(text.saved)
      return queryClient.invalidateQueries()
    },
  })
  const verdict = schedule === '' ? undefined : preview.data
  const isChanged = JSON.stringify(draft) !== JSON.stringify(saved)

  function submit(event: FormEvent) {
    event.preventDefault()
    const { timezone, isUsed } = draft
    const changed = { schedule: schedule || null, timezone, is_scheduled: schedule !== '' && isUsed }
    save.mutate({
      path: { pipeline_id: pipeline.id },
      body: { ...portable(pipeline), ...changed, revision: pipeline.revision },
    })
  }

  return (
    <Card withBorder component="form" onSubmit={submit}>
      <Stack>
        <TextInput
          label={text.expression}
          description={text.expressionHint}
          value={draft.schedule}
          onChange={event => setDraft({ ...draft, schedule: event.currentTarget.value, isUsed: true })}
          error={verdict?.problems[0]?.message}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        />
        <Group gap={6}>
          {Object.entries(text.presets).map(([value, label]) => (
            <Chip
              key={value}
              size="xs"
              checked={schedule === value}
              onChange={() => setDraft({ ...draft, schedule: value, isUsed: true })}
            >
              {label}
            </Chip>
          ))}
        </Group>
        <Select
          label={text.timezone}
          data={ZONES.includes(draft.timezone) ? ZONES : [draft.timezone, ...ZONES]}
          value={draft.timezone}
          onChange={timezone => setDraft({ ...draft, timezone: timezone ?? draft.timezone })}
          searchable
          allowDeselect={false}
          limit={100}
        />
        <Switch
          label={text.use}
          checked={draft.isUsed && schedule !== ''}
          disabled={schedule === ''}
          onChange={event => setDraft({ ...draft, isUsed: event.currentTarget.checked })}
        />
        {verdict?.valid && (
          <div aria-live="polite">
            <Text fw={600} mb={4}>
              {verdict.words}
            </Text>
            <NextRuns runs={verdict.next_runs} timezone={asked.timezone} />
          </div>
        )}
        <Group justify="flex-end">
          {isChanged && (
            <Button variant="default" onClick={() => setDraft(saved)}>
              {text.revert}
            </Button>
          )}
          <Button
            type="submit"
            loading={save.isPending}
            disabled={!isChanged || verdict?.valid === false || refused.disabled}
            title={refused.title}
          >
            {text.save}
          </Button>
        </Group>
      </Stack>
    </Card>
  )
}
