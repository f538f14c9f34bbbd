import { ActionIcon, Button, Group, Menu, Modal, Textarea } from '@mantine/core'
import { ChevronDown, MessageSquareText, Save } from 'lucide-react'
import { useState } from 'react'
import { strings } from '@/strings'
import { useActions } from './EditorActions'

const text = strings.editor.saving
const LONGEST = 500

/** Save, or save and say what the change is about. */
export function SaveButton() {
  const { refusal, save, isSaving } = useActions()
  const [isAsking, ask] = useState(false)
  const [message, setMessage] = useState('')
  return (
    <>
      <Group gap={0} wrap="nowrap">
        <Button
          variant="default"
          leftSection={<Save size={16} />}
          loading={isSaving}
          disabled={refusal !== null}
          title={refusal ?? undefined}
          onClick={() => save()}
          style={{ borderEndEndRadius: 0, borderStartEndRadius: 0 }}
        >
          {strings.actions.save}
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon
              variant="default"
              size={36}
              w={26}
              miw={26}
              aria-label={text.more}
              disabled={refusal !== null}
              style={{ borderStartStartRadius: 0, borderEndStartRadius: 0, borderInlineStart: 0 }}
            >
              <ChevronDown size={15} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<MessageSquareText size={15} aria-hidden />} onClick={() => ask(true)}>
              {text.withMessage}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Modal opened={isAsking} onClose={() => ask(false)} title={text.title}>
        <Textarea
          label={text.message}
          description={text.hint}
          autosize
          minRows={2}
          maxLength={LONGEST}
          data-autofocus
          value={message}
          onChange={event => setMessage(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => ask(false)}>
            {strings.actions.cancel}
          </Button>
          <Button
            onClick={() => {
              ask(false)
              save(message.trim() || undefined)
              setMessage('')
            }}
          >
            {strings.actions.save}
          </Button>
        </Group>
      </Modal>
    </>
  )
}
