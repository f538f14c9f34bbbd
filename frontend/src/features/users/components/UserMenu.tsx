import { Menu } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { KeyRound, Pencil, Trash2, UserCheck, UserX } from 'lucide-react'
import { useState } from 'react'
import type { InvitedOut, UserOut } from '@/api/generated'
import {
  changeUserMutation,
  deleteUserMutation,
  listUsersQueryKey,
  resetPasswordMutation,
} from '@/api/generated/@tanstack/react-query.gen'
import { ActionsMenu } from '@/components/ActionsMenu'
import { Confirm } from '@/components/Confirm'
import { toast } from '@/components/toast'
import { strings } from '@/strings'

const text = strings.people.users
const ICON = { size: 16, 'aria-hidden': true } as const

type Props = {
  user: UserOut
  isMe: boolean
  onEdit: (user: UserOut) => void
  onInvited: (user: InvitedOut) => void
}

/** What an admin can do with an account; with their own, only what does not lock them out. */
export function UserMenu({ user, isMe, onEdit, onInvited }: Props) {
  const { name, is_active } = user
  const path = { user_id: user.id }
  const queryClient = useQueryClient()
  const [asked, setAsked] = useState<'reset' | 'delete' | null>(null)
  const renewed = () => {
    setAsked(null)
    return queryClient.invalidateQueries({ queryKey: listUsersQueryKey() })
  }
  const change = useMutation({ ...changeUserMutation(), onSuccess: renewed })
  const reset = useMutation({
    ...resetPasswordMutation(),
    onSuccess: invited => {
      onInvited(invited)
      return renewed()
    },
  })
  const remove = useMutation({
    ...deleteUserMutation(),
    onSuccess: () => {
      toast.success(text.deleted(name))
      return renewed()
    },
  })
  return (
    <>
      <ActionsMenu label={text.actionsOf(name)} width={210}>
        <Menu.Item leftSection={<Pencil {...ICON} />} onClick={() => onEdit(user)}>
          {strings.actions.edit}
        </Menu.Item>
        <Menu.Item leftSection={<KeyRound {...ICON} />} disabled={isMe} onClick={() => setAsked('reset')}>
          {text.reset}
        </Menu.Item>
        <Menu.Item
          leftSection={is_active ? <UserX {...ICON} /> : <UserCheck {...ICON} />}
          disabled={isMe}
          onClick={() => change.mutate({ path, body: { is_active: !is_active } })}
        >
          {is_active ? text.deactivate : text.activate}
        </Menu.Item>
        <Menu.Item color="red" leftSection={<Trash2 {...ICON} />} disabled={isMe} onClick={() => setAsked('delete')}>
          {strings.actions.delete}
        </Menu.Item>
      </ActionsMenu>
      <Confirm
        isOpen={asked === 'reset'}
        title={text.resetTitle(name)}
        action={text.reset}
        isBusy={reset.isPending}
        onConfirm={() => reset.mutate({ path })}
        onClose={() => setAsked(null)}
      >
        {text.resetHint}
      </Confirm>
      <Confirm
        isOpen={asked === 'delete'}
        title={text.deleteTitle(name)}
        action={strings.actions.delete}
        isBusy={remove.isPending}
        onConfirm={() => remove.mutate({ path })}
        onClose={() => setAsked(null)}
      >
        {text.deleteHint}
      </Confirm>
    </>
  )
}
