import { Group, Pagination, Text } from '@mantine/core'
import { strings } from '@/strings'
import { count } from './format'

type Props = { total: number; limit: number; offset: number; onOffset: (offset: number) => void }

/** The pages of a list, once there is more than one. */
export function Paging({ total, limit, offset, onOffset }: Props) {
  if (total <= limit) return null
  const last = Math.min(total, offset + limit)
  return (
    <Group justify="space-between" mt="md">
      <Text size="sm" c="dimmed">
        {strings.list.total(`${count(offset + 1)}–${count(last)}`, count(total))}
      </Text>
      <Pagination
        total={Math.ceil(total / limit)}
        value={Math.floor(offset / limit) + 1}
        onChange={page => onOffset((page - 1) * limit)}
        getControlProps={control => ({ 'aria-label': strings.list.controls[control] })}
        aria-label={strings.list.page}
      />
    </Group>
  )
}
