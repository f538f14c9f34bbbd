import { Skeleton, Stack } from '@mantine/core'

const ROWS = ['a', 'b', 'c', 'd', 'e']

/** In the place of a list that is on its way. */
export function ListSkeleton({ height = 44 }: { height?: number }) {
  return (
    <Stack gap="xs" aria-hidden>
      {ROWS.map(row => (
        <Skeleton key={row} h={height} radius="md" />
      ))}
    </Stack>
  )
}
