import { AppShell, Burger, Group, Text } from '@mantine/core'
import { useDisclosure, useLocalStorage } from '@mantine/hooks'
import { Suspense } from 'react'
import { Outlet, ScrollRestoration, useNavigation } from 'react-router'
import { Logo } from '@/components/Logo'
import { PageLoader } from '@/components/PageLoader'
import { strings } from '@/strings'
import { Navigation } from './Navigation'
import { OfflineNotice } from './OfflineNotice'
import classes from './Shell.module.css'

const WIDE = 224
const RAIL = 60

/** The frame around every page: navigation at the left (a rail if wanted), a bar with a burger on a phone. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure()
  const [isRail, setRail] = useLocalStorage({ key: 'logidata-navigation-rail', defaultValue: false })
  const isLoading = useNavigation().state === 'loading'
  return (
    <AppShell
      layout="alt"
      header={{ height: { base: 52, sm: 0 } }}
      navbar={{ width: isRail ? RAIL : WIDE, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      transitionDuration={120}
    >
      <a href="#content" className={classes.skip}>
        {strings.shell.skip}
      </a>
      <AppShell.Header hiddenFrom="sm" className={classes.header}>
        <Group h="100%" px="md" gap="sm">
          <Burger opened={isOpen} onClick={toggle} size="sm" aria-label={strings.shell.openNavigation} />
          <Logo size={24} />
          <Text fw={650}>{strings.product}</Text>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} aria-label={strings.shell.navigation}>
        <Navigation isRail={isRail && !isOpen} onRail={() => setRail(!isRail)} onNavigate={close} />
      </AppShell.Navbar>
      <AppShell.Main id="content" className={classes.main} tabIndex={-1} aria-busy={isLoading}>
        {isLoading && <div className={classes.progress} />}
        <OfflineNotice />
        <Suspense fallback={<PageLoader />}>
          <Outlet />
        </Suspense>
        <ScrollRestoration />
      </AppShell.Main>
    </AppShell>
  )
}
