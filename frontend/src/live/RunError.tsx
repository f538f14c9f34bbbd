import { Alert, Button, Code, Collapse, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { CircleAlert } from 'lucide-react'
import type { ExecutionOut } from '@/api/generated'
import { strings } from '@/strings'

const text = strings.executions

type Props = { execution: ExecutionOut; onNode: (nodeId: string) => void; isCompact?: boolean }

/** Why a run failed, and where. */
export function RunError({ execution, onNode, isCompact = false }: Props) {
  const { error_message, error_node_id, error_trace, nodes } = execution
  const node = nodes.find(({ node_id }) => node_id === error_node_id)
  const [isOpen, { toggle }] = useDisclosure()
  const size = isCompact ? 'compact-xs' : 'compact-sm'
  return (
    <Alert
      color="red"
      p={isCompact ? 'xs' : 'md'}
      icon={<CircleAlert size={18} aria-hidden />}
      title={node ? text.failedAt(node.label) : text.error}
    >
      <Text size="sm" w="100%" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
        {error_message}
      </Text>
      <Group gap="xs" mt={6}>
        {node && (
          <Button size={size} variant="default" onClick={() => onNode(node.node_id)}>
            {text.showNode}
          </Button>
        )}
        {error_trace && (
          <Button size={size} variant="default" onClick={toggle} aria-expanded={isOpen}>
            {text.trace}
          </Button>
        )}
      </Group>
      {error_trace && (
        <Collapse expanded={isOpen}>
          <Code block mt="xs">
            {error_trace}
          </Code>
        </Collapse>
      )}
    </Alert>
  )
}
