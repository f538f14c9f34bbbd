import { Alert, Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { InvitedOut, UserOut } from '@/api/generated'
import { changeUserMutation, createUserMutation, listUsersQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { messageOf } from '@/api/problem'
import { strings } from '@/strings'

const text = strings.people

type Props = { user: UserOut | null; onInvited: (user: InvitedOut) => void; onClose: () => void }

/** Add a person, or change one. */
export function UserForm({ user, onInvited, onClose }: Props) {
  const queryClient = useQueryClient()
  const [draft, setDraft] = useState({
    email: user?.email ?? '',
    name: user?.name ?? '',
    role: user?.role ?? ('editor' as const),
  })
  const done = () => {
    onClose()
    return queryClient.invalidateQueries({ queryKey: listUsersQueryKey() })
  }
  const create = useMutation({
    ...createUserMutation(),
    meta: { quiet: true },
    onSuccess: made => {
      onInvited(made)
      return done()
    },
  })
  const change = useMutation({ ...changeUserMutation(), meta: { quiet: true }, onSuccess: done })
  const error = create.error ?? change.error

  function submit(event: FormEvent) {
    event.preventDefault()
    if (user) change.mutate({ path: { user_id: user.id }, body: draft })
    else create.mutate({ body: draft })
  }

  return (
    <Modal opened onClose={onClose} title={user ? text.users.edit(user.name) : text.users.add}>
      <form onSubmit={submit}>
        <Stack>
          {!user && (
            <Text size="sm" c="dimmed">
              {text.users.addHint}
            </Text>
          )}
          {error && (
            <Alert color="red" role="alert">
              {messageOf(error)}
            </Alert>
          )}
          <TextInput
            label={text.name}
            required
            maxLength={200}
            data-autofocus
            value={draft.name}
            onChange={event => setDraft({ ...draft, name: event.currentTarget.value })}
          />
          <TextInput
            label={text.email}
            type="email"
            required
            value={draft.email}
            onChange={event => setDraft({ ...draft, email: event.currentTarget.value })}
          />
          <Radio.Group
            label={text.role}
            value={draft.role}
            onChange={role => setDraft({ ...draft, role: role as typeof draft.role })}
          >
            <Stack gap="xs" mt={4}>
              {Object.entries(text.roles).map(([value, label]) => (
                <Radio key={value} value={value} label={label} description={text.roleHints[value]} />
              ))}
            </Stack>
          </Radio.Group>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {strings.actions.cancel}
            </Button>
            <Button type="submit" loading={create.isPending || change.isPending}>
              {user ? strings.actions.save : strings.actions.create}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
