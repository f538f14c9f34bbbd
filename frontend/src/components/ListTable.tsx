import { Card, Table, type TableThProps } from '@mantine/core'
import type { CSSProperties, ReactNode } from 'react'
import classes from './ListTable.module.css'

/** A column's heading; one that shows none, as that of the menus, has an `aria-label`. */
type Column = Pick<TableThProps, 'w' | 'ta' | 'aria-label'> & { title?: string }
type Props = {
  columns: readonly Column[]
  /** Pixels; on narrower screens the table is scrolled, and on a phone its rows are cards. */
  minWidth: number
  spacing?: 'xs' | 'sm'
  /** Its `Table.Tr`s. */
  children: ReactNode
}

/** A list's card: what stands over the columns, and a row for each thing. */
export function ListTable({ columns, minWidth, spacing = 'sm', children }: Props) {
  const last = columns.at(-1)
  const hasMenu = last !== undefined && last.title === undefined
  return (
    <Card withBorder p={0}>
      <Table.ScrollContainer
        minWidth={minWidth}
        pb={0}
        scrollAreaProps={{ offsetScrollbars: false }}
        classNames={{ scrollContainerInner: classes.scrolled }}
      >
        <Table
          verticalSpacing={spacing}
          horizontalSpacing="md"
          highlightOnHover
          className={classes.table}
          mod={{ menu: hasMenu }}
          style={onCards(columns)}
        >
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ title, ...column }) => (
                <Table.Th key={title ?? column['aria-label']} {...column}>
                  {title}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>{children}</Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  )
}

/** What a card calls its parts, and how much room its first line leaves to the menu. */
function onCards(columns: readonly Column[]): CSSProperties {
  const titles = columns.map(({ title }, position) => [`--title-${position + 1}`, title && JSON.stringify(title)])
  const last = columns.at(-1)
  return { ...Object.fromEntries(titles), '--beside': last?.title === undefined ? `${last?.w}px` : undefined }
}
