/**
 * What people take for a password, from the lists of leaked ones, with this product's own words. A password that
 * is one of these with digits and signs around it is as common as the word itself.
 */
export const commonWords: ReadonlySet<string> = new Set(
  `
  abc abcd abcdef abcdefg abcdefgh abcdefghijkl access admin adminadmin administrator always amanda amazon america
  andrew android angel anthony anything apple april arsenal asdf asdfgh asdfghjkl asdfqwer ashley august autopkg autumn
  avengers azerty baby babygirl backup banana barcelona baseball basketball batman batterystaple bayern beach beautiful
  berlin bgt bonjour brother bulldog business buster butterfly camaro canada casper caspersuite cde centos champion
  changeit changeme charlie cheese chelsea cherry chevy chocolate ciao cisco coffee company computer computer1 cookie
  correcthorse correcthorsebatterystaple corvette cowboy cowboys cricket crystal cutie daniel darling database debian
  december default developer devil diamond distribution distributionserver docker doggie donald dragon eagle eagles
  engineer enterprise facebook falcon family father february fedora ferrari fishing flower football forever fortnite
  freedom friday friend friends frodo gandalf garfield george ginger github gitlab golden golf golfer google gorgeous
  guest hallo handsome harley heaven hello helloworld helpdesk hobbit hockey honda honey hottie hulk hunter hunting
  hurricane iloveu iloveyou instagram installer internet iphone ironman island jaguar jamf jamfpro january jds jenkins
  jennifer jessica jordan joshua jss july june juniper juventus killer kitty knight kubernetes lakers legolas letmein
  liberty lightning linkedin linux lion liverpool lkjhgfdsa login london love lovely lover loveyou macos madrid maggie
  magic manager manchester march master matrix matthew maverick mercedes merlin michael michelle mickey microsoft
  million minecraft minnie mju mnbvcxz monday money mongodb monkey moscow mother munki mustang mypassword mysql naruto
  netflix network never newpassword nhy nicole ninja nintendo nothing november ocean october ods odsadmin odst office
  oldpassword opendistributionserver openserver opensesame operator oracle orange package packages packers panther paris
  pass passphrase passw0rd passwd password password1 passwort patrick pepper phoenix pikachu playstation poiuytrewq
  pokemon porsche postgres postgresql princess puppy purple qazwsx qazwsxedc qweasd qweasdzxc qwerasdf qwerty qwertyui
  qwertyuiop qwertz rainbow rambo realmadrid redhat redis richard robert rocky root rootroot rugby samsung samurai
  saturday secret september server service sesame sexy shadow silver sister snoopy soccer something spiderman spring
  start startrek starwars steelers storm strawberry success summer sunday sunshine superman support sweetheart system
  temp temporary temppass tennis terminator test tester testing texas thomas thunder thursday tiger tigger tokyo tornado
  toyota trustno tuesday twitter ubuntu unicorn united user vfr victory warrior wednesday welcome whatever william
  windows winner winter wizard wolverine wsxedc xbox xsw yamaha yankees yellow yourpassword youtube yxcvbnm zaq zxcvbn
  zxcvbnm
`
    .trim()
    .split(/\s+/),
);
