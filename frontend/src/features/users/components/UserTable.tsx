import { Badge, Group, Table, Text } from '@mantine/core'
import type { InvitedOut, UserOut } from '@/api/generated'
import { ListTable } from '@/components/ListTable'
import { Moment } from '@/components/Moment'
import { useAccount } from '@/session/useAccount'
import { strings } from '@/strings'
import { UserMenu } from './UserMenu'

const text = strings.people

type Props = { users: UserOut[]; onEdit: (user: UserOut) => void; onInvited: (user: InvitedOut) => void }

/** People, one a line. */
export function UserTable({ users, onEdit, onInvited }: Props) {
  const me = useAccount()
  return (
    <ListTable
      minWidth={640}
      columns={[
        { title: text.name },
        { title: text.role, w: 120 },
        { title: text.users.lastSignIn, w: 160 },
        { 'aria-label': strings.actions.more, w: 50 },
      ]}
    >
      {users.map(user => (
        <Table.Tr key={user.id}>
          <Table.Td>
            <Group gap="xs">
              <Text size="sm" fw={600}>
                {user.name}
              </Text>
              {user.id === me?.id && <Mark color="indigo">{text.users.you}</Mark>}
              {!user.is_active && <Mark color="gray">{text.users.inactive}</Mark>}
              {user.invitation_expires_at && <Mark color="blue">{text.users.invited}</Mark>}
            </Group>
            <Text size="xs" c="dimmed">
              {user.email}
            </Text>
          </Table.Td>
          <Table.Td>{text.roles[user.role]}</Table.Td>
          <Table.Td>{user.last_sign_in_at ? <Moment at={user.last_sign_in_at} /> : text.users.never}</Table.Td>
          <Table.Td>
            <UserMenu user={user} isMe={user.id === me?.id} onEdit={onEdit} onInvited={onInvited} />
          </Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  )
}

function Mark({ color, children }: { color: string; children: string }) {
  return (
    <Badge size="sm" variant="light" tt="none" color={color}>
      {children}
    </Badge>
  )
}
