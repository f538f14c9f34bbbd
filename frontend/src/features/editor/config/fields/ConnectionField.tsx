import { Anchor, Box, Group, Select, Text } from '@mantine/core'
import { Link } from 'react-router'
import { messageOf } from '@/api/problem'
import { useIsAdmin } from '@/session/useAccount'
import { strings } from '@/strings'
import { useForm } from '../form/context'
import { useConnections } from '../form/useConnections'
import { type FieldProps, useFrame } from '../form/useFrame'
import { shown } from '../form/values'

const text = strings.config.connections

/** A connection of a type that the module speaks. */
export function ConnectionField(props: FieldProps) {
  const { option, path, value } = props
  const { change, module } = useForm()
  const frame = useFrame(props)
  const isAdmin = useIsAdmin()
  const { fitting, error, isPending, isAll, has } = useConnections(module)
  const id = shown(value)
  const isMissing = isAll && id !== '' && !has(id)
  const items = fitting.map(({ connection_id }) => ({ value: connection_id, label: connection_id }))
  const isListed = id === '' || has(id)
  const about = new Map(fitting.map(each => [each.connection_id, each]))
  return (
    <Box>
      <Select
        {...frame}
        data={isListed ? items : [...items, { value: id, label: id }]}
        value={id || null}
        placeholder={isPending ? strings.shell.loading : option.isRequired ? text.choose : text.ambient}
        error={isMissing ? (frame.error ?? text.missing(id)) : frame.error}
        nothingFoundMessage={
          error ? `${text.unreachable} ${messageOf(error)}` : fitting.length === 0 ? text.none : strings.list.nothing
        }
        searchable
        clearable={!option.isRequired}
        allowDeselect={false}
        comboboxProps={{ shadow: 'md' }}
        renderOption={({ option: each }) => (
          <div>
            <Group gap="xs" wrap="nowrap" justify="space-between">
              <Text size="sm">{each.label}</Text>
              <Text size="xs" opacity={0.75}>
                {about.get(each.value)?.type}
              </Text>
            </Group>
            {about.get(each.value)?.description && (
              <Text size="xs" opacity={0.75}>
                {about.get(each.value)?.description}
              </Text>
            )}
          </div>
        )}
        onChange={chosen => change(path, chosen ?? undefined, 'chosen')}
      />
      {isAdmin && (
        // In a window of its own: what is drawn here stays, and finds the connection when one comes back.
        <Anchor component={Link} to="/connections" target="_blank" size="xs">
          {text.create}
        </Anchor>
      )}
    </Box>
  )
}
