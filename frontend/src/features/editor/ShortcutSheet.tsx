import { Kbd, Modal, SimpleGrid, Stack, Table, Text } from '@mantine/core'
import { Fragment } from 'react'
import { strings } from '@/strings'
import { SHORTCUTS } from './model/shortcuts'
import { useDesk } from './store/desk'

const text = strings.editor.shortcuts
const GROUPS = Object.entries(text.groups) as [keyof typeof text.groups, string][]

/** Every key, on one page. */
export function ShortcutSheet() {
  const isOpen = useDesk(state => state.open.shortcuts ?? false)
  return (
    <Modal
      opened={isOpen}
      onClose={() => useDesk.getState().toggle('shortcuts', false)}
      title={text.title}
      size="xl"
      centered
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
        {GROUPS.map(([group, title]) => (
          <Stack key={group} gap={4}>
            <Text fw={600} size="sm">
              {title}
            </Text>
            <Table withRowBorders={false} verticalSpacing={3} horizontalSpacing={0} fz="sm">
              <Table.Tbody>
                {SHORTCUTS.filter(each => each.group === group).map(({ keys, does }) => (
                  <Table.Tr key={does}>
                    <Table.Td>{does}</Table.Td>
                    <Table.Td ta="right">
                      {keys.map((key, position) => (
                        <Fragment key={key}>
                          {position > 0 && ' · '}
                          <Kbd>{key}</Kbd>
                        </Fragment>
                      ))}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Stack>
        ))}
      </SimpleGrid>
    </Modal>
  )
}
