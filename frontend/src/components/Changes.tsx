import { Badge, Code, Group, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { EdgeChange, ValueChange, VersionDiffOut } from '@/api/generated'
import { strings } from '@/strings'

const text = strings.settings.versions
const NO_TITLES: ReadonlyMap<string, string> = new Map()
const COLORS = { added: 'teal', removed: 'red', changed: 'blue' } as const

type Props = {
  diff: Pick<VersionDiffOut, 'nodes' | 'edges' | 'settings'>
  /** What nodes are called where their ids are known; an edge is told by the ids of its ends otherwise. */
  titles?: ReadonlyMap<string, string>
}

/** The difference of two graphs: nodes with their options, edges, settings. */
export function Changes({ diff, titles = NO_TITLES }: Props) {
  const { nodes, edges, settings } = diff
  if (nodes.length + edges.length + settings.length === 0) return <Text c="dimmed">{text.same}</Text>
  return (
    <Stack gap="lg">
      <Part title={text.nodes} isEmpty={nodes.length === 0}>
        {nodes.map(node => (
          <Stack key={node.node_id} gap={4}>
            <Group gap="xs">
              <Kind change={node.change} />
              <Text fw={600} size="sm">
                {node.label}
              </Text>
              <Text size="xs" c="dimmed">
                {node.module_id}
              </Text>
            </Group>
            {node.change === 'changed' && node.values.map(value => <Value key={value.path} value={value} />)}
          </Stack>
        ))}
      </Part>
      <Part title={text.edges} isEmpty={edges.length === 0}>
        {edges.map(edge => (
          <Group key={`${edge.change} ${nameOf(edge, NO_TITLES)}`} gap="xs">
            <Kind change={edge.change} />
            <Text size="sm">{nameOf(edge, titles)}</Text>
          </Group>
        ))}
      </Part>
      <Part title={text.settings} isEmpty={settings.length === 0}>
        {settings.map(value => (
          <Value key={value.path} value={value} />
        ))}
      </Part>
    </Stack>
  )
}

function Part({ title, isEmpty, children }: { title: string; isEmpty: boolean; children: ReactNode }) {
  if (isEmpty) return null
  return (
    <Stack gap="xs">
      <Title order={3} size="h6">
        {title}
      </Title>
      {children}
    </Stack>
  )
}

function Kind({ change }: { change: keyof typeof COLORS }) {
  return (
    <Badge size="sm" variant="light" tt="none" color={COLORS[change]}>
      {text.changes[change]}
    </Badge>
  )
}

function Value({ value }: { value: ValueChange }) {
  return (
    <Text size="sm" component="div" pl="md" style={{ overflowWrap: 'anywhere' }}>
      <Text span c="dimmed" inherit>
        {value.path}:{' '}
      </Text>
      <Code color="var(--mantine-color-red-light)">{shown(value.before)}</Code> →{' '}
      <Code color="var(--mantine-color-teal-light)">{shown(value.after)}</Code>
    </Text>
  )
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return text.nothing
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function nameOf({ source, target, target_handle }: EdgeChange, titles: ReadonlyMap<string, string>): string {
  const [from, to] = [source, target].map(id => titles.get(id) ?? id)
  return `${from} → ${to}${target_handle ? ` (${target_handle})` : ''}`
}
