import { Group, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

type Props = { title: string; description?: ReactNode; children?: ReactNode }

/** A page's title, and its actions at the right. */
export function PageHeader({ title, description, children }: Props) {
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="md">
      <Stack gap={2}>
        <Title order={1} size="h2">
          {title}
        </Title>
        {description && (
          <Text component="div" c="dimmed">
            {description}
          </Text>
        )}
      </Stack>
      <Group gap="sm">{children}</Group>
    </Group>
  )
}
