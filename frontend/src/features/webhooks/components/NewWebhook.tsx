import { Alert, Button, Group, Modal, NumberInput, Stack, Switch, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { NewWebhookOut } from '@/api/generated'
import { createWebhookMutation, listWebhooksQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { CopyField } from '@/components/CopyField'
import { strings } from '@/strings'

const text = strings.settings.webhooks
const EMPTY = { name: '', is_signed: false, payload_param: '', calls_per_minute: 60 }

type Props = { pipelineId: string; isOpen: boolean; onClose: () => void }

/** Make a webhook; its address and secret are shown once. */
export function NewWebhook({ pipelineId, isOpen, onClose }: Props) {
  const path = { pipeline_id: pipelineId }
  const queryClient = useQueryClient()
  const [draft, setDraft] = useState(EMPTY)
  const create = useMutation({
    ...createWebhookMutation(),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: listWebhooksQueryKey({ path }) }),
  })

  function submit(event: FormEvent) {
    event.preventDefault()
    create.mutate({ path, body: { ...draft, payload_param: draft.payload_param || null } })
  }

  function close() {
    onClose()
    setDraft(EMPTY)
    create.reset()
  }

  return (
    <Modal opened={isOpen} onClose={close} title={create.data ? text.made : text.create} size="lg">
      {create.data ? (
        <Made webhook={create.data} onClose={close} />
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label={text.name}
              description={text.nameHint}
              required
              data-autofocus
              value={draft.name}
              onChange={event => setDraft({ ...draft, name: event.currentTarget.value })}
            />
            <TextInput
              label={text.payload}
              description={text.payloadHint}
              value={draft.payload_param}
              onChange={event => setDraft({ ...draft, payload_param: event.currentTarget.value })}
            />
            <NumberInput
              label={text.rate}
              min={1}
              value={draft.calls_per_minute}
              onChange={value => setDraft({ ...draft, calls_per_minute: Number(value) || 1 })}
            />
            <Switch
              label={text.isSigned}
              description={text.isSignedHint}
              checked={draft.is_signed}
              onChange={event => setDraft({ ...draft, is_signed: event.currentTarget.checked })}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {strings.actions.cancel}
              </Button>
              <Button type="submit" loading={create.isPending}>
                {strings.actions.create}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}

function Made({ webhook, onClose }: { webhook: NewWebhookOut; onClose: () => void }) {
  return (
    <Stack>
      <Alert color="orange">{text.once}</Alert>
      <CopyField label={text.url} value={webhook.url} />
      {webhook.signing_secret && <CopyField label={text.secret} value={webhook.signing_secret} />}
      <Group justify="flex-end">
        <Button onClick={onClose}>{strings.actions.close}</Button>
      </Group>
    </Stack>
  )
}
