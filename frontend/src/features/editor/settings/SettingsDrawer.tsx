import { Anchor, Drawer, Group, NumberInput, Select, Stack, TagsInput, Text, Textarea, TextInput } from '@mantine/core'
import { Link } from 'react-router'
import { strings } from '@/strings'
import { useActions } from '../EditorActions'
import type { Settings } from '../model/types'
import { useDesk } from '../store/desk'
import { useEditor } from '../store/editor'
import { ParamsEditor } from './ParamsEditor'

const text = strings.editor.settings
const choices = (of: Record<string, string>) => Object.entries(of).map(([value, label]) => ({ value, label }))

/** What holds for the pipeline as a whole; saved with the drawing, as one version. */
export function SettingsDrawer() {
  const isOpen = useDesk(state => state.open.settings ?? false)
  return (
    <Drawer
      opened={isOpen}
      onClose={() => useDesk.getState().toggle('settings', false)}
      title={text.title}
      position="right"
      size={420}
    >
      {isOpen && <Fields />}
    </Drawer>
  )
}

function Fields() {
  const settings = useEditor(state => state.settings)
  const set = useEditor(state => state.set)
  return (
    <Stack gap="md">
      <TextInput label={text.name} value={settings.name} onChange={event => set({ name: event.currentTarget.value })} />
      <Textarea
        label={text.description}
        autosize
        minRows={2}
        maxRows={8}
        value={settings.description ?? ''}
        onChange={event => set({ description: event.currentTarget.value })}
      />
      <TagsInput
        label={text.tags}
        placeholder={text.tagsHint}
        value={[...(settings.tags ?? [])]}
        onChange={tags => set({ tags })}
      />
      <Schedule settings={settings} />
      <ParamsEditor params={settings.default_params ?? {}} onChange={default_params => set({ default_params })} />
      <Select
        label={text.engine}
        description={text.engineHint}
        data={choices(text.engines)}
        value={settings.engine ?? 'duckdb'}
        onChange={engine => set({ engine: engine as 'duckdb' | 'spark' })}
        allowDeselect={false}
      />
      <Select
        label={text.materialize}
        description={text.materializeHint}
        data={choices(text.materializes)}
        value={settings.materialize ?? 'auto'}
        onChange={materialize => set({ materialize: materialize as 'auto' | 'every_step' })}
        allowDeselect={false}
      />
      <Figure name="retries" fallback={0} />
      {(settings.retries ?? 0) > 0 && (
        <>
          <Figure name="retry_delay_seconds" fallback={60} />
          <Figure name="retry_exponential_backoff" fallback={0} decimals={2} />
          <Figure name="max_retry_delay_seconds" />
        </>
      )}
      <Figure name="timeout_seconds" />
      <Figure name="run_timeout_seconds" />
      <Figure name="max_active_runs" fallback={1} least={1} />
    </Stack>
  )
}

type FigureName = keyof typeof text.figures
type FigureProps = { name: FigureName; fallback?: number; least?: number; decimals?: number }

/** A number of the settings; one without a fallback may stay empty. */
function Figure({ name, fallback, least = 0, decimals = 0 }: FigureProps) {
  const value = useEditor(state => state.settings[name]) ?? fallback ?? ''
  const set = useEditor(state => state.set)
  const { label, hint } = text.figures[name]
  return (
    <NumberInput
      label={label}
      description={hint}
      placeholder={fallback === undefined ? text.notSet : undefined}
      min={least}
      allowNegative={false}
      decimalScale={decimals}
      value={value}
      onChange={next => set({ [name]: typeof next === 'number' ? next : (fallback ?? null) } as Partial<Settings>)}
    />
  )
}

function Schedule({ settings: { schedule, is_scheduled, timezone } }: { settings: Settings }) {
  const { pipelineId } = useActions()
  const close = () => useDesk.getState().toggle('settings', false)
  return (
    <div>
      <Text size="sm" fw={500}>
        {text.schedule}
      </Text>
      <Text size="sm" c="dimmed">
        {schedule ? text.scheduled(schedule, timezone ?? 'UTC', is_scheduled ?? false) : text.unscheduled}
      </Text>
      {pipelineId ? (
        <Group gap="md">
          <Anchor component={Link} to={`/pipelines/${pipelineId}/schedule`} size="sm" onClick={close}>
            {text.toSchedule}
          </Anchor>
          <Anchor component={Link} to={`/pipelines/${pipelineId}/alerts`} size="sm" onClick={close}>
            {text.toAlerts}
          </Anchor>
        </Group>
      ) : (
        <Text size="xs" c="dimmed">
          {text.saveFirst}
        </Text>
      )}
    </div>
  )
}
