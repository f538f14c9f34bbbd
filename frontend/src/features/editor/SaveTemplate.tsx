import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { TemplateIn } from '@/api/generated'
import { createTemplateMutation, listTemplatesQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { toast } from '@/components/toast'
import { strings } from '@/strings'

const text = strings.templates

type Props = { content: TemplateIn['content']; name?: string; onClose: () => void }

/** Keeps steps as a template, for oneself or for everyone. */
export function SaveTemplate({ content, name: given = '', onClose }: Props) {
  const queryClient = useQueryClient()
  const [name, setName] = useState(given)
  const [isShared, setShared] = useState(false)
  const save = useMutation({
    ...createTemplateMutation(),
    onSuccess: template => {
      toast.success(text.saved(template.name))
      onClose()
      return queryClient.invalidateQueries({ queryKey: listTemplatesQueryKey() })
    },
  })

  function submit(event: FormEvent) {
    event.preventDefault()
    // The form of a step may be around this one, in React's eyes.
    event.stopPropagation()
    save.mutate({ body: { name: name.trim(), visibility: isShared ? 'shared' : 'private', content } })
  }

  return (
    <Modal opened onClose={onClose} title={text.saveSelected(content.nodes.length)}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={text.name}
            required
            maxLength={200}
            data-autofocus
            value={name}
            onChange={event => setName(event.currentTarget.value)}
          />
          <Checkbox
            label={text.isShared}
            checked={isShared}
            onChange={event => setShared(event.currentTarget.checked)}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
              {strings.actions.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
