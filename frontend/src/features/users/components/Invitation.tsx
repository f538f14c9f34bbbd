import { Alert, Button, Group, Modal, Stack } from '@mantine/core'
import type { InvitedOut } from '@/api/generated'
import { CopyField } from '@/components/CopyField'
import { strings } from '@/strings'

const text = strings.people.users

/** The link with which a person chooses their password, shown once. */
export function Invitation({ user, onClose }: { user: InvitedOut; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={text.linkTitle(user.name)} size="lg">
      <Stack>
        <Alert color="orange">{text.linkHint}</Alert>
        <CopyField label={text.link} value={`${location.origin}/invitation#${user.invitation_token ?? ''}`} />
        <Group justify="flex-end">
          <Button onClick={onClose}>{strings.actions.close}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
