import { Alert, Button, Code, Spoiler, Stack, Text } from '@mantine/core'
import { CircleAlert } from 'lucide-react'
import type { ExecutionOut } from '@/api/generated'
import { strings } from '@/strings'

const text = strings.executions

/** Why a run failed, and where. */
export function RunError({ execution, onNode }: { execution: ExecutionOut; onNode: (nodeId: string) => void }) {
  const { error_message, error_node_id, error_trace, nodes } = execution
  const node = nodes.find(({ node_id }) => node_id === error_node_id)
  return (
    <Alert
      color="red"
      icon={<CircleAlert size={18} aria-hidden />}
      title={node ? text.failedAt(node.label) : text.error}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {error_message}
        </Text>
        {error_trace && (
          <Spoiler maxHeight={0} showLabel={text.trace} hideLabel={strings.actions.close} w="100%">
            <Code block>{error_trace}</Code>
          </Spoiler>
        )}
        {node && (
          <Button size="compact-sm" variant="default" onClick={() => onNode(node.node_id)}>
            {text.showNode}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}
