import { Code, Table, Text } from '@mantine/core'
import { strings } from '@/strings'
import { type Option, optionsOf } from '../options'

const text = strings.modules

/** The options of a module, as its JSON Schema describes them. */
export function OptionTable({ schema }: { schema: Record<string, unknown> }) {
  const options = optionsOf(schema)
  if (options.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {text.noOptions}
      </Text>
    )
  return (
    <Table.ScrollContainer minWidth={460} pb={0}>
      <Table fz="sm" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{text.option}</Table.Th>
            <Table.Th w={150}>{text.kind}</Table.Th>
            <Table.Th w={110}>{text.default}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {options.map(option => (
            <Row key={option.name} option={option} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Row({ option: { name, kind, isRequired, initial, description } }: { option: Option }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Code>{name}</Code>
        <Text size="xs" c="dimmed">
          {description}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="xs">{kind}</Text>
      </Table.Td>
      <Table.Td>
        {isRequired ? (
          <Text size="xs" fw={600}>
            {text.required}
          </Text>
        ) : (
          initial !== undefined && <Code>{initial}</Code>
        )}
      </Table.Td>
    </Table.Tr>
  )
}
