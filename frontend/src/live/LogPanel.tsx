import { Button, Card, Group, Select, Switch, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useMemo, useState } from 'react'
import { downloadExecutionLogs, type LogLineOut, type NodeOut } from '@/api/generated'
import { count } from '@/components/format'
import { SearchField } from '@/components/SearchField'
import { saveAs } from '@/components/saveAs'
import { strings } from '@/strings'
import { LogLines } from './LogLines'
import { type Level, matching } from './logFilter'

const text = strings.executions.log
const FILLING = { radius: 0, flex: 1, mih: 0, bg: 'transparent' } as const

type Props = {
  executionId: string
  lines: LogLineOut[]
  dropped: number
  nodes: Pick<NodeOut, 'node_id' | 'label'>[]
  nodeId: string | null
  onNode: (nodeId: string | null) => void
  /** Of the lines, in pixels; without one they fill what is around them, which then has no border. */
  height?: number | undefined
}

/** A run's log while it is written: by node, level and text, and whole as a file. */
export function LogPanel({ executionId, lines, dropped, nodes, nodeId, onNode, height }: Props) {
  const size = height ? 'sm' : 'xs'
  const [level, setLevel] = useState<Level>('info')
  const [search, setSearch] = useState('')
  const [isFollowed, setFollowed] = useState(true)
  const shown = useMemo(() => matching(lines, { nodeId, level, search }), [lines, nodeId, level, search])
  const labels = useMemo(() => new Map(nodes.map(({ node_id, label }) => [node_id, label])), [nodes])
  const download = useMutation({
    mutationFn: async () => {
      const query = { level, ...(nodeId && { node_id: nodeId }), ...(search && { search }) }
      const { data } = await downloadExecutionLogs({ path: { execution_id: executionId }, query, parseAs: 'blob' })
      saveAs(data as unknown as Blob, `execution-${executionId}.log`)
    },
  })
  return (
    <Card p={0} {...(height ? { withBorder: true } : FILLING)}>
      <Group p={height ? 'md' : 'xs'} gap="sm">
        <Title order={2} size="h5" mr="auto">
          {text.title}{' '}
          <Text span size="sm" c="dimmed" fw={400}>
            {text.lines(count(shown.length), count(lines.length))}
          </Text>
        </Title>
        <Switch
          label={text.follow}
          checked={isFollowed}
          onChange={event => setFollowed(event.currentTarget.checked)}
          size={size}
        />
        <Select
          size={size}
          aria-label={strings.executions.node}
          placeholder={text.allNodes}
          data={nodes.map(({ node_id, label }) => ({ value: node_id, label }))}
          value={nodeId}
          onChange={onNode}
          clearable
          w={190}
        />
        <Select
          size={size}
          aria-label={text.level}
          data={Object.entries(text.levels).map(([value, label]) => ({ value, label }))}
          value={level}
          onChange={value => setLevel((value ?? 'info') as Level)}
          allowDeselect={false}
          w={190}
        />
        <SearchField value={search} label={text.search} onSearch={setSearch} width={190} size={size} />
        <Button
          size={size}
          variant="default"
          leftSection={<Download size={16} aria-hidden />}
          loading={download.isPending}
          onClick={() => download.mutate()}
        >
          {strings.actions.download}
        </Button>
      </Group>
      {dropped > 0 && (
        <Text size="xs" c="dimmed" px="md" pb="xs">
          {text.dropped(count(dropped))}
        </Text>
      )}
      <LogLines
        lines={shown}
        labels={labels}
        isFollowed={isFollowed}
        onFollowed={setFollowed}
        height={height}
        nothing={lines.length === 0 ? text.none : text.noMatch}
      />
    </Card>
  )
}
