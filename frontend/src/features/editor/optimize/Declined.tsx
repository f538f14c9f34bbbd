import { List, Stack, Text } from '@mantine/core'
import type { DeclinedOut } from '@/api/generated'
import { strings } from '@/strings'

const text = strings.editor.optimize

/** What one might have expected, and why it is not proposed. */
export function Declined({ declined }: { declined: readonly DeclinedOut[] }) {
  if (declined.length === 0) return null
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {text.declined}
      </Text>
      <List size="sm" c="dimmed" spacing={4}>
        {declined.map(({ node_id, reason }) => (
          <List.Item key={`${node_id} ${reason}`}>{reason}</List.Item>
        ))}
      </List>
    </Stack>
  )
}
