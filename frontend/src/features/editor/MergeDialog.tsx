import { Button, Code, Group, Modal, SegmentedControl, Stack, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import { strings } from '@/strings'
import type { Newer } from './api/theirs'
import { type Choice, changes, merge } from './model/merge'
import type { Place } from './model/units'
import { useEditor } from './store/editor'

const text = strings.editor.merge

type Props = { newer: Newer; onClose: () => void; onSave: () => void }

/** Somebody saved first: their changes, and for each place that both changed whose value is kept. */
export function MergeDialog({ newer: { base, theirs, revision }, onClose, onSave }: Props) {
  const { settings, nodes, edges, replace } = useEditor.getState()
  const [choices, choose] = useState<ReadonlyMap<string, Choice>>(new Map())
  const { merged, conflicts } = merge(base, { settings, nodes, edges }, theirs, choices)
  const made = useMemo(() => changes(base, theirs), [base, theirs])
  const take = () => {
    replace(merged, revision)
    onClose()
  }
  return (
    <Modal opened onClose={onClose} title={text.title(revision)} size="lg">
      <Stack gap="md">
        <Text size="sm">{conflicts.length ? text.conflicts(conflicts.length) : text.noConflict}</Text>
        {conflicts.map(({ key, place, mine, theirs }) => (
          <Stack key={key} gap={4}>
            <Group justify="space-between">
              <Text size="sm" fw={600}>
                {placeName(place)}
              </Text>
              <SegmentedControl
                size="xs"
                aria-label={placeName(place)}
                value={choices.get(key) ?? 'mine'}
                onChange={choice => choose(new Map(choices).set(key, choice as Choice))}
                data={[
                  { value: 'mine', label: text.mine },
                  { value: 'theirs', label: text.theirs },
                ]}
              />
            </Group>
            <Code block>{`${text.mine}: ${shown(mine)}\n${text.theirs}: ${shown(theirs)}`}</Code>
          </Stack>
        ))}
        <Stack gap={2}>
          <Text size="sm" fw={600}>
            {text.theirChanges}
          </Text>
          {made.map(({ key, place, before, after }) => (
            <Text key={key} size="xs">
              {placeName(place)}: {shown(before)} → {shown(after)}
            </Text>
          ))}
        </Stack>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {strings.actions.cancel}
          </Button>
          <Button variant="default" onClick={take}>
            {text.look}
          </Button>
          <Button
            onClick={() => {
              take()
              onSave()
            }}
          >
            {text.save}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function placeName([part, ...rest]: Place): string {
  return `${text.parts[part]} ${rest.filter(each => each && each !== 'data').join(' · ')}`
}

function shown(value: unknown): string {
  return value === undefined ? text.missing : typeof value === 'string' ? value : JSON.stringify(value)
}
