import { Stack, Text, ThemeIcon, Title } from '@mantine/core'
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

type Props = {
  icon: LucideIcon
  title: string
  children?: ReactNode
  action?: ReactNode
  color?: string
  /** 1 where this is all that the page has. */
  order?: 1 | 2
}

/** What to do first, where there is nothing yet. */
export function EmptyState({ icon: Icon, title, children, action, color = 'indigo', order = 2 }: Props) {
  return (
    <Stack align="center" gap="xs" py={64} px="md" ta="center">
      <ThemeIcon size={64} radius="xl" variant="light" color={color} mb="xs">
        <Icon size={30} strokeWidth={1.6} aria-hidden />
      </ThemeIcon>
      <Title order={order} size="h4">
        {title}
      </Title>
      {children && (
        <Text c="dimmed" maw={440}>
          {children}
        </Text>
      )}
      {action}
    </Stack>
  )
}
