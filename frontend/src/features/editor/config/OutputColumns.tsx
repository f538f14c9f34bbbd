import { Group, Stack, Text } from '@mantine/core'
import { strings } from '@/strings'
import { useEditor } from '../store/editor'

/** The columns that a node gives on, with their types. */
export function OutputColumns({ nodeId }: { nodeId: string }) {
  const columns = useEditor(state => state.verdict.schemas[nodeId])
  if (!columns) return null
  return (
    <Stack gap={2}>
      <Text fw={600} size="sm">
        {strings.editor.columns}
      </Text>
      {columns.map(column => (
        <Group key={column.name} justify="space-between" gap="xs" wrap="nowrap">
          <Text size="xs" truncate>
            {column.name}
          </Text>
          <Text size="xs" c="dimmed" ff="monospace">
            {column.type}
          </Text>
        </Group>
      ))}
    </Stack>
  )
}
