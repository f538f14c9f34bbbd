import { Button, Code, CopyButton, Group, Text } from '@mantine/core'
import { Check, Copy } from 'lucide-react'
import { strings } from '@/strings'

/** A value that a person takes elsewhere: an address, a secret that is shown once. */
export function CopyField({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <Text size="sm" fw={500}>
        {label}
      </Text>
      <Group gap="xs" wrap="nowrap">
        <Code block flex={1} style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {value}
        </Code>
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy} leftSection={copied ? <Check size={16} /> : <Copy size={16} />}>
              {copied ? strings.actions.copied : strings.actions.copy}
            </Button>
          )}
        </CopyButton>
      </Group>
    </div>
  )
}
