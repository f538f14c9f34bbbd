import { Autocomplete, Group, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { TableOut } from '@/api/generated'
import { listTablesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { messageOf } from '@/api/problem'
import { useRefusal } from '@/session/useAccount'
import { strings } from '@/strings'
import { useForm } from '../form/context'
import { useConnections } from '../form/useConnections'
import { type FieldProps, useFrame } from '../form/useFrame'
import { shown } from '../form/values'
import { placeholderOf } from './Plain'

const text = strings.config.tables
const PAUSE = 300

/** A table of the chosen connection; one that is not there yet can be written. */
export function TableField(props: FieldProps) {
  const { option, path, value } = props
  const { change, config, module } = useForm()
  const { has } = useConnections(module)
  const frame = useFrame(props)
  const refusal = useRefusal()
  const name = shown(value)
  const [search] = useDebouncedValue(name, PAUSE)
  const connection = shown(config.connection_id)
  const { data, error } = useQuery({
    ...listTablesOptions({ path: { connection_id: connection }, query: { search: searchedFor(search) || undefined } }),
    enabled: has(connection) && refusal === null,
    placeholderData: before => before,
    staleTime: 60_000,
    retry: false,
    meta: { quiet: true },
  })
  const tables = new Map((data?.items ?? []).map(table => [nameOf(table), table]))
  const said = error ? text.unreachable(messageOf(error)) : connection === '' ? text.first : undefined
  return (
    <Autocomplete
      {...frame}
      description={
        <>
          {frame.description} {said}
        </>
      }
      value={name}
      data={[...tables.keys()]}
      filter={({ options }) => options}
      placeholder={placeholderOf({ option })}
      renderOption={({ option: each }) => (
        <Group justify="space-between" wrap="nowrap" w="100%">
          <Text size="sm">{each.value}</Text>
          <Text size="xs" opacity={0.75}>
            {tables.get(each.value)?.is_view && text.view}
          </Text>
        </Group>
      )}
      comboboxProps={{ shadow: 'md' }}
      maxDropdownHeight={280}
      onChange={next => change(path, next || undefined, 'typed')}
    />
  )
}

function nameOf({ schema_name, name }: TableOut): string {
  return `${schema_name}.${name}`
}

/** The fixed part of a name with parameters: `sales_${region}` lists what begins with `sales_`. */
function searchedFor(name: string): string {
  return name.split('${')[0] ?? ''
}
