import { Divider, ScrollArea, Stack, Tooltip, UnstyledButton } from '@mantine/core'
import { BookOpen, PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link, NavLink } from 'react-router'
import { Logo } from '@/components/Logo'
import { useIsAdmin } from '@/session/useAccount'
import { strings } from '@/strings'
import { AccountMenu } from './AccountMenu'
import { NAVIGATION } from './pages'
import classes from './Shell.module.css'

type Props = { isRail: boolean; onRail: () => void; onNavigate: () => void }

const ICON = { size: 18, strokeWidth: 1.8, 'aria-hidden': true } as const

/** The pages, the account and the width of the navigation itself. */
export function Navigation({ isRail, onRail, onNavigate }: Props) {
  const isAdmin = useIsAdmin()
  const groups = NAVIGATION.map(group => group.filter(({ isForAdmins }) => isAdmin || !isForAdmins))
  const Toggle = isRail ? PanelLeftOpen : PanelLeftClose
  const toggleLabel = isRail ? strings.shell.expand : strings.shell.collapse
  return (
    <>
      <Link to="/" className={classes.brand} onClick={onNavigate} aria-label={strings.product}>
        <Logo />
        {!isRail && strings.product}
      </Link>
      <ScrollArea flex={1} mt="md" type="never">
        {groups
          .filter(group => group.length > 0)
          .map((group, position) => (
            <div key={group[0]?.to}>
              {position > 0 && <Divider my="sm" />}
              <Stack gap={2}>
                {group.map(({ to, label, icon: Icon }) => (
                  <Named key={to} label={label} isRail={isRail}>
                    <NavLink to={to} className={classes.link} onClick={onNavigate} aria-label={label}>
                      <Icon {...ICON} />
                      {!isRail && label}
                    </NavLink>
                  </Named>
                ))}
              </Stack>
            </div>
          ))}
      </ScrollArea>
      <Stack gap={2}>
        <Named label={strings.shell.apiDocs} isRail={isRail}>
          <a href="/docs" target="_blank" rel="noreferrer" className={classes.link} aria-label={strings.shell.apiDocs}>
            <BookOpen {...ICON} />
            {!isRail && strings.shell.apiDocs}
          </a>
        </Named>
        <Named label={toggleLabel} isRail={isRail}>
          <UnstyledButton className={classes.link} onClick={onRail} visibleFrom="sm" aria-label={toggleLabel}>
            <Toggle {...ICON} />
            {!isRail && toggleLabel}
          </UnstyledButton>
        </Named>
        <Divider my={6} />
        <AccountMenu isRail={isRail} />
      </Stack>
    </>
  )
}

/** On the rail an icon's name is its tooltip. */
function Named({ label, isRail, children }: { label: string; isRail: boolean; children: ReactNode }) {
  return (
    <Tooltip label={label} position="right" disabled={!isRail} openDelay={0}>
      {children}
    </Tooltip>
  )
}
