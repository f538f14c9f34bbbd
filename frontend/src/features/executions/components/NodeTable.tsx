import { Badge, Group, Progress, Table, Text, UnstyledButton } from '@mantine/core'
import type { NodeOut } from '@/api/generated'
import { bytes, count, duration } from '@/components/format'
import { ListTable } from '@/components/ListTable'
import { RunStatus } from '@/components/RunStatus'
import { strings } from '@/strings'
import { findings } from '../findings'

const text = strings.executions

type Props = {
  nodes: NodeOut[]
  progress: Record<string, number>
  chosen: string | null
  onChoose: (nodeId: string | null) => void
}

/** What each node did; choosing one shows its log alone. */
export function NodeTable({ nodes, progress, chosen, onChoose }: Props) {
  if (nodes.length === 0) return <Text c="dimmed">{text.noNodes}</Text>
  return (
    <ListTable
      minWidth={760}
      spacing="xs"
      columns={[
        { title: text.node },
        { title: text.status, w: 150 },
        ...[text.rowsIn, text.rowsOut, text.bytes, text.duration, text.tries].map(title => ({
          title,
          w: 105,
          ta: 'right' as const,
        })),
      ]}
    >
      {nodes.map(node => (
        <Row
          key={node.node_id}
          node={node}
          done={progress[node.node_id]}
          isChosen={chosen === node.node_id}
          onChoose={() => onChoose(chosen === node.node_id ? null : node.node_id)}
        />
      ))}
    </ListTable>
  )
}

type RowProps = { node: NodeOut; done: number | undefined; isChosen: boolean; onChoose: () => void }

function Row({ node, done, isChosen, onChoose }: RowProps) {
  const figures = [count(node.rows_in), count(node.rows_out), bytes(node.bytes), duration(node.duration_seconds)]
  return (
    <Table.Tr bg={isChosen ? 'var(--mantine-primary-color-light)' : undefined}>
      <Table.Td>
        <UnstyledButton onClick={onChoose} aria-pressed={isChosen} fz="sm" fw={550} title={text.showNode}>
          {node.label}
        </UnstyledButton>
        <Group gap={6}>
          {findings(node).map(finding => (
            <Badge key={finding} color="orange" variant="light" size="sm" tt="none" title={finding}>
              {finding}
            </Badge>
          ))}
        </Group>
        {node.error_message && (
          <Text size="xs" c="red" lineClamp={2} title={node.error_message}>
            {node.error_message}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <RunStatus status={node.status} />
        {node.status === 'running' && done !== undefined && (
          <Progress value={done * 100} size="xs" mt={6} aria-label={`${Math.round(done * 100)} %`} />
        )}
      </Table.Td>
      {figures.map((figure, position) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the columns never change their places
        <Table.Td key={position} ta="right" ff="monospace">
          {figure}
        </Table.Td>
      ))}
      <Table.Td ta="right" ff="monospace">
        {node.try_number || '–'}
      </Table.Td>
    </Table.Tr>
  )
}
