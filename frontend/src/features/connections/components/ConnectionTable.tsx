import { Anchor, Badge, Button, Group, Menu, Table, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Pencil, PlugZap, Trash2 } from 'lucide-react'
import { Link } from 'react-router'
import type { ConnectionOut } from '@/api/generated'
import { tryConnectionMutation } from '@/api/generated/@tanstack/react-query.gen'
import { ActionsMenu } from '@/components/ActionsMenu'
import { ListTable } from '@/components/ListTable'
import { TestResult } from '@/components/TestResult'
import { useAdminRefused, useRefused } from '@/session/useAccount'
import { strings } from '@/strings'
import type { ConnectionTypes } from '../api/useConnectionTypes'

const text = strings.connections
const ICON = { size: 16, 'aria-hidden': true } as const

type Act = (connection: ConnectionOut) => void
type Props = { connections: ConnectionOut[]; types: ConnectionTypes; onEdit: Act; onDelete: Act }

/** Connections, one a line, with who uses each and what a test of it said. */
export function ConnectionTable({ connections, types, onEdit, onDelete }: Props) {
  return (
    <ListTable
      minWidth={720}
      columns={[
        { title: text.id },
        { title: text.type, w: 190 },
        { title: text.usedBy, w: 240 },
        { 'aria-label': strings.actions.more, w: 140 },
      ]}
    >
      {connections.map(connection => (
        <Row
          key={connection.connection_id}
          connection={connection}
          title={types.get(connection.type)?.title ?? connection.type}
          // Of a type that no module uses there is no form: Airflow's own page can change it.
          onEdit={types.has(connection.type) ? onEdit : null}
          onDelete={onDelete}
        />
      ))}
    </ListTable>
  )
}

type RowProps = { connection: ConnectionOut; title: string; onEdit: Act | null; onDelete: Act }

function Row({ connection, title, onEdit, onDelete }: RowProps) {
  const { connection_id, description, used_by } = connection
  const refused = useRefused()
  const refusedToChange = useAdminRefused()
  const test = useMutation(tryConnectionMutation())
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={600} ff="monospace">
          {connection_id}
        </Text>
        {description && (
          <Text size="xs" c="dimmed">
            {description}
          </Text>
        )}
        <TestResult isPending={test.isPending} result={test.data} />
      </Table.Td>
      <Table.Td>
        <Badge variant="light" tt="none">
          {title}
        </Badge>
      </Table.Td>
      <Table.Td>
        {used_by.length === 0 && (
          <Text size="sm" c="dimmed">
            {text.unused}
          </Text>
        )}
        {used_by.map(({ pipeline_id, name }) => (
          <Anchor key={pipeline_id} component={Link} to={`/pipelines/${pipeline_id}`} size="sm" display="block">
            {name}
          </Anchor>
        ))}
      </Table.Td>
      <Table.Td>
        <Group gap={4} justify="flex-end" wrap="nowrap">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<PlugZap {...ICON} />}
            disabled={test.isPending || refused.disabled}
            title={refused.title}
            onClick={() => test.mutate({ path: { connection_id } })}
          >
            {text.test}
          </Button>
          <ActionsMenu label={text.actionsOf(connection_id)} width={170}>
            <Menu.Item
              leftSection={<Pencil {...ICON} />}
              disabled={onEdit === null || refusedToChange.disabled}
              title={refusedToChange.title}
              onClick={() => onEdit?.(connection)}
            >
              {strings.actions.edit}
            </Menu.Item>
            <Menu.Item
              color="red"
              leftSection={<Trash2 {...ICON} />}
              {...refusedToChange}
              onClick={() => onDelete(connection)}
            >
              {strings.actions.delete}
            </Menu.Item>
          </ActionsMenu>
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}
