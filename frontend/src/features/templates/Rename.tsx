import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { TemplateSummary } from '@/api/generated'
import { strings } from '@/strings'

const text = strings.templates

type Names = { name: string; description: string }
type Props = { template: TemplateSummary; isBusy: boolean; onClose: () => void; onSave: (names: Names) => void }

/** A template's name and what it is for. */
export function Rename({ template, isBusy, onClose, onSave }: Props) {
  const [names, setNames] = useState<Names>({ name: template.name, description: template.description })

  function submit(event: FormEvent) {
    event.preventDefault()
    onSave({ ...names, name: names.name.trim() })
  }

  return (
    <Modal opened onClose={onClose} title={text.edit}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={text.name}
            required
            maxLength={200}
            data-autofocus
            value={names.name}
            onChange={event => setNames({ ...names, name: event.currentTarget.value })}
          />
          <Textarea
            label={text.description}
            autosize
            maxLength={5000}
            value={names.description}
            onChange={event => setNames({ ...names, description: event.currentTarget.value })}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {strings.actions.cancel}
            </Button>
            <Button type="submit" loading={isBusy} disabled={names.name.trim() === ''}>
              {strings.actions.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
